/// A time in which the picture stood still although a new one was due, and what caused it.
public struct Freeze: Hashable, Sendable {
  /// What a freeze comes from.
  public enum Cause: Int, Hashable, Sendable, CaseIterable {
    /// The host took no picture.
    case hostStill
    /// The host left pictures out on purpose, for the path could not have taken them.
    case skippedForPath
    /// The same for the encoder.
    case skippedForEncoder
    /// The same for the player's decoder.
    case skippedForDecoder
    /// The host noticed that the game had drawn, and read the picture late.
    case captureLate
    case encoderOverBudget
    /// The encoded frame waited at the host before it was sent.
    case sendLate
    /// Nothing arrived for a while, and then everything.
    case pathOutage
    /// Packets waited at the bottleneck.
    case queue
    /// Packets were missing, and repaired late.
    case burstLoss
    /// Frames were lost, and only a key frame could mend that.
    case keyframeWait
    /// Frames were lost, and the picture had to be drawn anew part by part.
    case refreshWait
    case decoderSlow
    case presentationLate
    case unknown

    /// In words.
    public var name: String {
      switch self {
      case .hostStill: "host took no picture"
      case .skippedForPath: "left out by the host for the path"
      case .skippedForEncoder: "left out by the host for its encoder"
      case .skippedForDecoder: "left out by the host for the decoder"
      case .captureLate: "capture late"
      case .encoderOverBudget: "encoder over budget"
      case .sendLate: "sent late by the host"
      case .pathOutage: "path outage"
      case .queue: "queue at the bottleneck"
      case .burstLoss: "burst loss"
      case .keyframeWait: "waiting for a key frame"
      case .refreshWait: "waiting for intra refresh"
      case .decoderSlow: "decoder slow"
      case .presentationLate: "presentation late"
      case .unknown: "unknown"
      }
    }
  }

  /// Since the first picture, when the last picture before it was shown. Nanoseconds.
  public var startNanoseconds: Int64
  /// From that picture to the next.
  public var nanoseconds: Int64
  /// The number of the frame that ended it.
  public var frameIndex: Int64
  public var cause: Cause
  /// The numbers that the cause was told by.
  public var evidence: String
}
