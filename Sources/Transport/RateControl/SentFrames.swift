internal import MediaUnits

/// What is known of the way of each of the last frames.
struct SentFrames: Sendable {
  struct Frame: Sendable {
    fileprivate var ordinal: Int64 = -1
    fileprivate var openPacketCount = 0
    fileprivate var isWhole = false
    fileprivate(set) var firstSentAt = Instant.zero
    fileprivate(set) var byteCount = 0
    /// Whether it took most of what it was allowed.
    fileprivate(set) var wasLimited = false
    fileprivate(set) var arrivedPacketCount = 0
    /// When the first and the last packet heard of were through the bottleneck; `nil` before the first.
    fileprivate(set) var firstThroughAt: Instant?
    fileprivate(set) var throughAt: Instant?
    /// How long its newest packet waited.
    fileprivate(set) var wait: Duration = .zero
  }

  private static let capacity = 128

  private var frames = [Frame](repeating: Frame(), count: SentFrames.capacity)
  /// Ordinal of the frame that is being sent.
  private(set) var current: Int64 = 0

  /// A packet of the current frame is leaving.
  ///
  /// - Parameter limit: bytes that the frame was allowed; asked for at its last packet only.
  mutating func sent(byteCount: Int, isLast: Bool, limit: @autoclosure () -> Double, now: Instant) {
    let place = Self.place(self.current)
    if self.frames[place].ordinal != self.current {
      self.frames[place] = Frame(ordinal: self.current, firstSentAt: now)
    }
    self.frames[place].byteCount += byteCount
    self.frames[place].openPacketCount += 1
    guard isLast else { return }
    self.frames[place].isWhole = true
    self.frames[place].wasLimited = Double(self.frames[place].byteCount) > 0.5 * limit()
    self.current += 1
  }

  /// Whether nothing has been heard of this frame's way; `false` for frames that are not remembered.
  func isUnheard(_ ordinal: Int64) -> Bool {
    guard ordinal >= 0, self.frames[Self.place(ordinal)].ordinal == ordinal else { return false }
    return self.frames[Self.place(ordinal)].firstThroughAt == nil
  }

  /// A packet was through the bottleneck after it had waited.
  mutating func packetPassed(_ ordinal: Int64, through: Instant, wait: Duration) {
    guard ordinal >= 0, self.frames[Self.place(ordinal)].ordinal == ordinal else { return }
    let place = Self.place(ordinal)
    self.frames[place].throughAt = max(self.frames[place].throughAt ?? through, through)
    self.frames[place].firstThroughAt = self.frames[place].firstThroughAt ?? through
    self.frames[place].arrivedPacketCount += 1
    self.frames[place].wait = wait
  }

  /// A packet arrived, or nothing more will be heard of it.
  ///
  /// - Returns: the frame, if this was its last one.
  mutating func packetSettled(_ ordinal: Int64) -> Frame? {
    guard ordinal >= 0, self.frames[Self.place(ordinal)].ordinal == ordinal else { return nil }
    let place = Self.place(ordinal)
    self.frames[place].openPacketCount -= 1
    return self.frames[place].isWhole && self.frames[place].openPacketCount == 0 ? self.frames[place] : nil
  }

  private static func place(_ ordinal: Int64) -> Int { Int(ordinal % Int64(Self.capacity)) }
}
