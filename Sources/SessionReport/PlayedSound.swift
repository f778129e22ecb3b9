/// How the sound of a session was played.
public struct PlayedSound: Hashable, Sendable {
  /// Sound that waited to be played, averaged, in the end.
  public var waitingNanoseconds: Int64
  /// Times that none waited, so that some was made up.
  public var shortageCount: Int64
  /// Times that playing stopped because nothing came.
  public var stopCount: Int64
  /// By how many parts per million the host's sound clock is faster than the player's.
  public var clockPartsPerMillion: Double
  /// Largest sample, 0 ... 32768; zero for silence throughout.
  public var peak: Int64

  public init(
    waitingNanoseconds: Int64,
    shortageCount: Int64,
    stopCount: Int64,
    clockPartsPerMillion: Double,
    peak: Int64
  ) {
    self.waitingNanoseconds = waitingNanoseconds
    self.shortageCount = shortageCount
    self.stopCount = stopCount
    self.clockPartsPerMillion = clockPartsPerMillion
    self.peak = peak
  }
}
