/// Loss in bursts: a link is in a good or a bad state, and may change before each datagram.
///
/// - Source: E. N. Gilbert, "Capacity of a burst-noise channel", Bell System Technical Journal 39 (1960);
///   E. O. Elliott, "Estimates of error rates for codes on burst-noise channels", ibid. 42 (1963).
public struct BurstLoss: Hashable, Sendable {
  /// The chance to go from good to bad, 0 ... 1.
  public var enter: Double
  /// The chance to go from bad to good, above 0 and at most 1; a bad state lasts `1 / leave` datagrams on average.
  public var leave: Double
  /// The chance of loss while bad, 0 ... 1.
  public var lossWhileBad: Double

  public init(enter: Double, leave: Double, lossWhileBad: Double = 1) {
    precondition(leave > 0, "a burst must end")
    self.enter = enter
    self.leave = leave
    self.lossWhileBad = lossWhileBad
  }

  /// The share of datagrams lost in the long run.
  public var meanLoss: Double {
    self.enter / (self.enter + self.leave) * self.lossWhileBad
  }
}
