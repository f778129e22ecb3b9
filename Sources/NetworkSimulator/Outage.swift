internal import MediaUnits

/// A time in which the bottleneck transmits nothing. Datagrams wait for its end as far as the queue allows.
public struct Outage: Hashable, Sendable {
  /// When it starts, from the link's start.
  public var start: Duration
  /// How long it lasts.
  public var duration: Duration
  /// From the start of one to the start of the next; longer than ``duration``. `nil` for an outage that comes once.
  public var period: Duration?

  /// - Parameters:
  ///   - start: from the link's start, at least 0.
  ///   - duration: above 0.
  ///   - period: longer than `duration`; `nil` if it comes once.
  public init(at start: Duration, lasting duration: Duration, every period: Duration? = nil) {
    precondition(start >= .zero && duration > .zero, "an outage starts after its link and lasts")
    precondition(period.map { $0 > duration } ?? true, "an outage that comes again ends in between")
    self.start = start
    self.duration = duration
    self.period = period
  }

  /// Whether `elapsed` since the link's start lies within the outage, and how long it stays so; `nil` for ever.
  func state(at elapsed: Duration) -> (isOut: Bool, remaining: Duration?) {
    if elapsed < self.start { return (false, self.start - elapsed) }
    var since = (elapsed - self.start).wholeNanoseconds
    if let period = self.period { since %= period.wholeNanoseconds }
    let left = self.duration.wholeNanoseconds - since
    if left > 0 { return (true, .nanoseconds(left)) }
    return (false, self.period.map { $0 - .nanoseconds(since) })
  }
}
