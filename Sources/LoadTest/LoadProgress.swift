/// How a load test stands, once a second.
public struct LoadProgress: Hashable, Sendable {
  /// Seconds since the run began.
  public var second: Int
  public var seconds: Int
  public var waiting = 0
  /// Players that look for a seat or shake hands.
  public var asking = 0
  public var playing = 0
  public var failed = 0
  /// Whole frames of the last second, over all players.
  public var frames: Int64 = 0
  /// Of the last second's frames that were due: those that came never, or later than 100 ms.
  public var late: Int64 = 0
  public var missing: Int64 = 0
  /// From capture to complete, of the last second, nanoseconds; `nil` where nothing is known.
  public var median: Int64?
  public var p99: Int64?
  public var bitsPerSecond: Int64 = 0
  /// Part of the last second in which the load's thread was busy, 0 ... 1.
  public var busyShare: Double = 0

  /// One line: as many of its parts, the most telling first, as fit into `width` columns.
  public func text(width: Int) -> String {
    func milliseconds(_ nanoseconds: Int64?) -> String {
      nanoseconds.map { "\((Double($0) / 1e5).rounded() / 10)" } ?? "-"
    }
    var parts = ["\(self.second)/\(self.seconds) s", "\(self.playing) playing"]
    if self.waiting > 0 { parts.append("\(self.waiting) to come") }
    if self.asking > 0 { parts.append("\(self.asking) asking") }
    if self.failed > 0 { parts.append("\(self.failed) failed") }
    parts.append("\(self.playing > 0 ? self.frames / Int64(self.playing) : 0) fps each")
    parts.append("\(milliseconds(self.median)) ms, p99 \(milliseconds(self.p99))")
    parts.append("\(self.late) late, \(self.missing) missing")
    parts.append("\(self.bitsPerSecond / 1_000_000) Mbit/s")
    parts.append("thread \(Int((self.busyShare * 100).rounded())) % busy")
    var line = ""
    for part in parts {
      let longer = line.isEmpty ? part : "\(line) · \(part)"
      guard longer.count <= width else { break }
      line = longer
    }
    return line
  }
}
