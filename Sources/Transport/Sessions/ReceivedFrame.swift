public import MediaUnits
public import RTP

/// A whole video frame as the player's transport hands it on, with the host's part of its ledger.
public struct ReceivedFrame: Hashable, Sendable {
  /// The host's instants, moved to the player's clock.
  public struct HostInstants: Hashable, Sendable {
    /// The change of the picture was noticed.
    public var damagedAt: Instant
    public var capturedAt: Instant
    public var convertedAt: Instant
    public var encodedAt: Instant
    /// The first packet was handed to the socket.
    public var sentAt: Instant
  }

  /// Whether its picture is whole, in a stream that is drawn anew part by part after a loss.
  public enum Refresh: Hashable, Sendable {
    /// It is, and so was the one before.
    case none
    /// It is not yet: decode the frame, since later ones refer to it, and show the last picture on.
    case underWay
    /// It is the first that is.
    case completed
  }

  /// Counts up by one with every frame that the host sent; a gap is a frame that will not come.
  public var index: Int64
  public var isKeyframe: Bool
  /// What its access unit is made of.
  public var codec: VideoCodec
  /// Nanoseconds of the host's media clock, from the RTP timestamp, unwrapped; steps as the host's captures do.
  public var mediaTime: Int64
  /// `nil` until the clocks have been related, which takes one exchange of reports.
  public var host: HostInstants?
  /// Newest input event applied before the picture was captured; 0 for none.
  public var inputSequence: UInt32
  public var firstReceivedAt: Instant
  public var completedAt: Instant
  public var packetCount: Int
  /// Bytes of the access unit.
  public var byteCount: Int
  /// Packets that came only when they were asked for again.
  public var repairedPacketCount: Int
  /// Pictures that the host left out on purpose before this one.
  public var skipped: SkippedPictures?
  /// Whether its picture may be shown.
  public var refresh = Refresh.none
  /// Whether frames before it are missing though it is no key frame: whatever the decoder knows is of no use.
  public var restartsDecoder = false
  /// The longest time without any packet of the video since the frame before whose picture may be shown was handed on.
  public var longestSilence: Duration = .zero
}

/// One step of the sound's playout.
public enum ReceivedAudio: Hashable, Sendable {
  /// The bytes beside it are one Opus packet. `mediaTime` is on the same scale as ``ReceivedFrame/mediaTime``.
  case packet(mediaTime: Int64, arrivedAt: Instant)
  /// So many packets are not coming.
  case lost(Int)
}
