internal import MediaUnits

/// What others keep waiting at the bottleneck, whatever this session sends.
///
/// A frame's first packet waits for what this session sent before it, and then only for packets of others. Where every
/// frame's does for a whole second, somebody keeps the queue full, as TCP does: to send less would not empty it. What
/// packets wait at least is then taken for a part of their way.
///
/// - Source: V. Arun & H. Balakrishnan, "Copa: Practical Delay-Based Congestion Control for the Internet", NSDI 2018,
///   for the idea that a queue which never empties tells of a flow that fills it.
struct StandingQueue: Sendable {
  /// For so long every frame must have waited for others until the queue counts as theirs.
  private static let patience: Duration = .seconds(1)
  /// And for so long until the time that a frame waited for others no longer tells what the path carries.
  private static let doubt: Duration = .milliseconds(200)
  /// A shorter wait is none, nor one for two packets: arrivals are told to a millisecond.
  private static let noticeable: Duration = .milliseconds(3)
  /// What was sent sooner after something else tells little: others had no time to send.
  private static let leastGap: Duration = .milliseconds(10)

  /// When a frame's first packet last found the queue empty but for what this session had sent.
  private var emptyAt: Instant?
  /// When a frame's first packet was last heard of.
  private var metAt: Instant?
  private var leastWait = MovingMinimum(span: .milliseconds(500))
  /// How long a packet waits at least for what others keep in the queue; zero while nobody does.
  private(set) var wait: Duration = .zero
  /// Whether somebody may be keeping the queue full.
  private(set) var isSuspected = false

  /// A frame's first packet is through.
  ///
  /// - Parameters:
  ///   - wait: of the packet.
  ///   - others: how much of that was for packets of others.
  ///   - gap: since the packet before it was sent.
  ///   - packetTime: how long the path is busy with a full packet.
  mutating func met(wait: Duration, others: Duration, gap: Duration, packetTime: Duration, now: Instant) {
    self.leastWait.add(wait.wholeNanoseconds, at: now)
    if gap >= Self.leastGap, others < max(Self.noticeable, packetTime * 2) { self.emptyAt = now }
    // Of a time in which nothing was sent, or nothing came through, nothing is known.
    if now - (self.metAt ?? now) > Self.doubt { self.emptyAt = now }
    self.metAt = now
    let emptyAt = self.emptyAt ?? now
    self.emptyAt = emptyAt
    self.isSuspected = now - emptyAt > Self.doubt
    self.wait = now - emptyAt > Self.patience ? .nanoseconds(max(0, self.leastWait.value ?? 0)) : .zero
  }
}
