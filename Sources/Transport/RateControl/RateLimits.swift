public import MediaUnits

/// Between which rates a host streams, and where it starts.
public struct RateLimits: Hashable, Sendable {
  /// Never less; above zero.
  public var floor: Bitrate
  /// Never more; what was granted.
  public var cap: Bitrate
  /// For the first frame.
  public var start: Bitrate

  /// - Parameters:
  ///   - floor: above zero.
  ///   - cap: at least `floor`, or it is raised to that.
  ///   - start: brought within the two.
  public init(floor: Bitrate = .kilobits(500), cap: Bitrate, start: Bitrate = .megabits(3)) {
    precondition(floor.bitsPerSecond > 0, "a stream needs some rate")
    self.floor = floor
    self.cap = max(cap, floor)
    self.start = min(max(start, floor), self.cap)
  }

  /// Starts from the rate that the same player's path could last take.
  ///
  /// - Source: a quarter less than that and at most 10 Mbit/s, since the path may have changed in between.
  public init(floor: Bitrate = .kilobits(500), cap: Bitrate, lastGood: Bitrate) {
    let start = min(Bitrate(bitsPerSecond: lastGood.bitsPerSecond * 3 / 4), .megabits(10))
    self.init(floor: floor, cap: cap, start: start)
  }
}

extension Bitrate {
  var bytesPerSecond: Double { Double(self.bitsPerSecond) / 8 }

  /// Bytes that fit into `interval`, rounded down; at least one.
  func byteCount(per interval: Duration) -> Int {
    max(1, Int(self.bytesPerSecond * interval.inSeconds))
  }
}
