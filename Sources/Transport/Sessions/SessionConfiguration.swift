public import MediaUnits
public import RTP
public import SessionProtocol

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
  public var endTimeout: Duration
  /// Unpredictable: where this end's sequence numbers begin.
  public var sequenceSeed: UInt64
  /// Between which rates the host streams.
  public var rateLimits: RateLimits
  /// Between two frames, at the granted rate.
  public var frameInterval: Duration

  public init(
    videoSSRC: SSRC,
    videoRetransmissionSSRC: SSRC,
    audioSSRC: SSRC,
    inputSSRC: SSRC,
    canonicalName: String,
    ntp: NTPClock,
    silenceTimeout: Duration = .seconds(5),
    endTimeout: Duration = .seconds(30),
    sequenceSeed: UInt64,
    rateLimits: RateLimits = RateLimits(cap: .megabits(50)),
    frameInterval: Duration = .nanoseconds(1_000_000_000 / 60)
  ) {
    self.videoSSRC = videoSSRC
    self.videoRetransmissionSSRC = videoRetransmissionSSRC
    self.audioSSRC = audioSSRC
    self.inputSSRC = inputSSRC
    self.canonicalName = canonicalName
    self.ntp = ntp
    self.silenceTimeout = silenceTimeout
    self.endTimeout = endTimeout
    self.sequenceSeed = sequenceSeed
    self.rateLimits = rateLimits
    self.frameInterval = frameInterval
  }

  /// What a host granted, as one of the two ends sees it.
  ///
  /// - Parameters:
  ///   - canonicalName: RTCP's name of this end, 1 ... 64 bytes.
  ///   - ntp: this end's wall clock.
  ///   - sequenceSeed: unpredictable.
  public init(grant: SessionGrant, canonicalName: String, ntp: NTPClock, sequenceSeed: UInt64) {
    self.init(
      videoSSRC: SSRC(rawValue: grant.streams.video),
      videoRetransmissionSSRC: SSRC(rawValue: grant.streams.videoRetransmission),
      audioSSRC: SSRC(rawValue: grant.streams.audio),
      inputSSRC: SSRC(rawValue: grant.streams.input),
      canonicalName: canonicalName,
      ntp: ntp,
      silenceTimeout: grant.silenceTimeout,
      endTimeout: grant.silenceTimeout + grant.resumeWindow,
      sequenceSeed: sequenceSeed,
      rateLimits: RateLimits(cap: grant.terms.maximumBitrate),
      frameInterval: .nanoseconds(1_000_000_000 / Int64(grant.terms.frameRate))
    )
  }
}
