internal import MediaUnits
internal import RTP

extension FrameAssembler {
  /// What became of the frames that the sender numbered.
  struct Counts: Hashable, Sendable {
    /// Handed on to be decoded.
    var delivered = 0
    /// Given up, or overtaken by a key frame.
    var lost = 0
    /// Packets whose payload or descriptor made no sense.
    var malformedPackets = 0
    /// Packets that arrived more than once, or after their frame was done with.
    var uselessPackets = 0
    /// Packets that contributed nothing.
    var refusedPackets: Int { self.malformedPackets + self.uselessPackets }
  }

  /// A whole frame, ready to decode.
  struct Frame: Sendable {
    var codec: VideoCodec
    /// Counts up by one with every frame that the sender made.
    var index: Int64
    var isKeyframe: Bool
    var timestamp: RTPTimestamp
    var times: FrameTimes?
    var captureTime: AbsoluteCaptureTime?
    var skipped: SkippedPictures?
    /// Whether the picture begins to be drawn anew with it, all at once or part by part.
    var isWaveStart: Bool
    var refresh: ReceivedFrame.Refresh
    /// Whether frames before it are missing though it is no key frame.
    var restartsDecoder: Bool
    var firstReceivedAt: Instant
    var completedAt: Instant
    var packetCount: Int
    var byteCount: Int
    var repairedPacketCount: Int
  }
}
