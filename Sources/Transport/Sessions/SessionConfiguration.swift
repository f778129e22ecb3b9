public import MediaUnits
public import RTP

/// What both ends of a session agreed on in the handshake, as far as transport needs it.
public struct SessionConfiguration: Hashable, Sendable {
  public var videoSSRC: SSRC
  public var videoRetransmissionSSRC: SSRC
  public var audioSSRC: SSRC
  /// The player's one sending stream.
  public var inputSSRC: SSRC
  /// RTCP's canonical name of this end, 1 ... 64 bytes.
  public var canonicalName: String
  /// This end's wall clock.
  public var ntp: NTPClock
  /// After this long without an authentic packet the peer counts as silent.
  public var silenceTimeout: Duration
  /// After this long without an authentic packet the session is over.
  public var resumeWindow: Duration
  /// Unpredictable: where this end's sequence numbers begin.
  public var sequenceSeed: UInt64

  public init(
    videoSSRC: SSRC,
    videoRetransmissionSSRC: SSRC,
    audioSSRC: SSRC,
    inputSSRC: SSRC,
    canonicalName: String,
    ntp: NTPClock,
    silenceTimeout: Duration = .seconds(5),
    resumeWindow: Duration = .seconds(30),
    sequenceSeed: UInt64
  ) {
    self.videoSSRC = videoSSRC
    self.videoRetransmissionSSRC = videoRetransmissionSSRC
    self.audioSSRC = audioSSRC
    self.inputSSRC = inputSSRC
    self.canonicalName = canonicalName
    self.ntp = ntp
    self.silenceTimeout = silenceTimeout
    self.resumeWindow = resumeWindow
    self.sequenceSeed = sequenceSeed
  }
}
