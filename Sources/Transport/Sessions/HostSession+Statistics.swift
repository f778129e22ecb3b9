extension HostSession {
  /// Figures for logs and tests.
  public struct Statistics: Hashable, Sendable {
    public var framesSent = 0
    public var videoPacketsSent = 0
    public var retransmissions = 0
    public var parityPacketsSent = 0
    public var keyframeRequests = 0
    public var inputEvents = 0
    /// Copies of earlier packets of sound that were sent along with later ones.
    public var audioCopiesSent = 0
    public var malformedPackets = 0
    /// Of the player's last report, 0 ... 255 of 256 packets lost since the one before.
    public var fractionLost: UInt8 = 0
  }
}
