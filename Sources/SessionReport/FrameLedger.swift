/// The life of one frame: when each step of its way was done, and what it carried.
///
/// All instants are nanoseconds on the player's monotonic clock; those from the host have been mapped to it already.
/// 0 means that the step is not known or never happened.
public struct FrameLedger: Hashable, Sendable {
  /// The host's running number of the frame, from 0.
  public var frameIndex: Int64 = 0
  /// The game had drawn: the display reported a change.
  public var damaged: Int64 = 0
  /// The picture's pixels had been read.
  public var captured: Int64 = 0
  /// The picture was in the encoder's colour format.
  public var converted: Int64 = 0
  /// The encoder had put out the whole frame.
  public var encoded: Int64 = 0
  /// The first packet was handed to the network.
  public var sent: Int64 = 0
  /// The first packet arrived.
  public var firstReceived: Int64 = 0
  /// All packets were there, repaired ones included.
  public var completed: Int64 = 0
  /// The decoder had put out the picture.
  public var decoded: Int64 = 0
  /// The picture was handed to the display, file or terminal.
  public var presented: Int64 = 0
  /// The newest input event that the game had been given before the frame was captured; -1 for none.
  public var inputSequence: Int64 = -1
  /// Bytes of the encoded frame, without packet headers.
  public var byteCount: Int64 = 0
  /// Packets that the frame was sent in, parity and retransmissions left out.
  public var packetCount: Int64 = 0
  /// How many of them arrived only as a retransmission.
  public var retransmittedPacketCount: Int64 = 0
  /// Whether decoding could start here.
  public var isKeyframe = false
  /// Whether it is the first whole picture after a loss, since it was drawn anew part by part.
  public var isRefreshed = false
  /// Pictures that the host left out on purpose before this one.
  public var skippedCount: Int64 = 0
  /// Why it left them out.
  public var skipReason = SkipReason.unknown
  /// The longest time, in nanoseconds, in which nothing of the picture arrived since the frame before was whole.
  public var longestSilence: Int64 = 0

  /// Why a host leaves pictures out.
  public enum SkipReason: String, Hashable, Sendable, CaseIterable {
    case unknown
    /// The path could not have taken them in time.
    case path
    case encoder
    /// The player's.
    case decoder
  }

  public init() {}

  /// Whether the frame became a picture.
  public var isDecoded: Bool { self.decoded != 0 }

  /// How long `stage` took in nanoseconds; `nil` if either of its ends is not known.
  public func nanoseconds(in stage: LatencyStage) -> Int64? {
    let (start, end) =
      switch stage {
      case .capture: (self.damaged, self.captured)
      case .convert: (self.captured, self.converted)
      case .encode: (self.converted, self.encoded)
      case .send: (self.encoded, self.sent)
      case .network: (self.sent, self.firstReceived)
      case .assemble: (self.firstReceived, self.completed)
      case .decode: (self.completed, self.decoded)
      case .present: (self.decoded, self.presented)
      }
    return start != 0 && end != 0 ? end - start : nil
  }

  /// From the game's drawing on the host to the decoded picture on the player; `nil` if either is not known.
  public var drawnToDecoded: Int64? {
    self.damaged != 0 && self.decoded != 0 ? self.decoded - self.damaged : nil
  }
}
