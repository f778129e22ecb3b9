extension LoadResult {
  private static func share(_ part: Int64, of whole: Int64, times factor: Double) -> Double? {
    whole > 0 ? Double(part) / Double(whole) * factor : nil
  }

  /// Sessions that ended before the run did, or never began.
  var failureCount: Int64 { self.failures.values.reduce(0, +) }

  /// Frames that came later than 100 ms, or the next in the place of those that never did, of all that were due; `nil`
  /// where nothing was.
  public var latePercent: Double? { Self.share(self.framesLate, of: self.frames + self.framesMissing, times: 100) }

  /// Frames that came never, of all that were due; `nil` where nothing was.
  public var missingPercent: Double? {
    Self.share(self.framesMissing, of: self.frames + self.framesMissing, times: 100)
  }

  /// Of the time that players watched; `nil` where nobody did.
  public var freezesPerMinute: Double? { Self.share(self.freezes, of: self.watchedNanoseconds, times: 60e9) }

  /// Of the time that players watched; `nil` where nobody did.
  public var frozenPercent: Double? { Self.share(self.freezeNanoseconds, of: self.watchedNanoseconds, times: 100) }

  /// What one player's frames took on average, Mbit/s.
  public var megabitsPerPlayer: Double? {
    Self.share(self.frameBytes, of: self.watchedNanoseconds, times: 8e3)
  }

  /// Whole frames a second of one player on average.
  public var framesPerSecond: Double? { Self.share(self.frames, of: self.watchedNanoseconds, times: 1e9) }
}
