public import MediaUnits
internal import RTP
public import Transport

extension FrameLedger {
  /// What the transport knows of a frame, and what was done with it since.
  ///
  /// - Parameter presentedAt: when it was handed to the display, file or terminal.
  public init(_ frame: ReceivedFrame, decodedAt: Instant, presentedAt: Instant) {
    self.init()
    self.frameIndex = frame.index
    self.damaged = frame.host?.damagedAt.nanoseconds ?? 0
    self.captured = frame.host?.capturedAt.nanoseconds ?? 0
    self.converted = frame.host?.convertedAt.nanoseconds ?? 0
    self.encoded = frame.host?.encodedAt.nanoseconds ?? 0
    self.sent = frame.host?.sentAt.nanoseconds ?? 0
    self.firstReceived = frame.firstReceivedAt.nanoseconds
    self.completed = frame.completedAt.nanoseconds
    self.decoded = decodedAt.nanoseconds
    self.presented = presentedAt.nanoseconds
    self.inputSequence = frame.inputSequence == 0 ? -1 : Int64(frame.inputSequence)
    self.byteCount = Int64(frame.byteCount)
    self.packetCount = Int64(frame.packetCount)
    self.retransmittedPacketCount = Int64(frame.repairedPacketCount)
    self.isKeyframe = frame.isKeyframe
    self.isRefreshed = frame.refresh == .completed
    self.longestSilence = frame.longestSilence.wholeNanoseconds
    self.skippedCount = Int64(frame.skipped?.count ?? 0)
    self.skipReason =
      switch frame.skipped?.reason {
      case .path: .path
      case .encoder: .encoder
      case .decoder: .decoder
      case .unknown, nil: .unknown
      }
  }
}
