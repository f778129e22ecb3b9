/// The replay windows of a bounded number of streams, found by SSRC.
struct StreamTable {
  /// More than any session has.
  static let capacity = 16

  private struct Stream {
    var ssrc: UInt32
    var window: ReplayWindow
  }

  private var streams: [Stream] = []

  init() {
    self.streams.reserveCapacity(Self.capacity)
  }

  /// Where the stream is, or `nil` if none of its packets has been used.
  func position(of ssrc: UInt32) -> Int? {
    self.streams.firstIndex { $0.ssrc == ssrc }
  }

  func standing(of index: UInt64, at position: Int?) -> ReplayWindow.Standing {
    guard let position else { return .new }
    return self.streams[position].window.standing(of: index)
  }

  func newest(at position: Int) -> UInt64 {
    self.streams[position].window.newest
  }

  /// The index of the packet with `sequenceNumber`: the one nearest to the newest that has this number.
  ///
  /// - Returns: `nil` if that would lie before the stream's first packet.
  /// - Spec: RFC 3711 §3.3.1.
  func estimateIndex(of sequenceNumber: UInt16, at position: Int?) -> UInt64? {
    guard let position else { return UInt64(sequenceNumber) }
    let newest = self.newest(at: position)
    let distance = Int16(bitPattern: sequenceNumber &- UInt16(truncatingIfNeeded: newest))
    let index = Int64(newest) + Int64(distance)
    return index < 0 ? nil : UInt64(index)
  }

  /// Notes the use of an index.
  ///
  /// - Returns: `false` if it would begin one stream too many.
  mutating func use(_ index: UInt64, of ssrc: UInt32, at position: Int?) -> Bool {
    if let position {
      self.streams[position].window.use(index)
      return true
    }
    guard self.streams.count < Self.capacity else { return false }
    self.streams.append(Stream(ssrc: ssrc, window: ReplayWindow(first: index)))
    return true
  }
}
