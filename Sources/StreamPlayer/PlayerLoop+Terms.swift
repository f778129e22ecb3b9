import DatagramIO
import Logging
import MediaUnits
import SessionProtocol
import Synchronization
import Transport

/// Changes of the running stream: what the player asks for, and what comes of it.
extension PlayerLoop {
  /// What a host is asked for: the player's last wish, or what the session was to begin with.
  var wishedTerms: StreamTerms { self.wished ?? self.firstTerms }

  /// What a handshake asks for. A stage is as large as the picture that its session begins with, so that this is the first
  /// one's size, whatever was wished for since.
  var requestedTerms: StreamTerms {
    let wished = self.wishedTerms
    return StreamTerms(
      picture: self.configuration.size,
      frameRate: max(wished.frameRate, self.configuration.frameRate),
      maximumBitrate: wished.maximumBitrate,
      audioPacketDuration: wished.audioPacketDuration,
      codec: wished.codec,
      hasIntraRefresh: wished.hasIntraRefresh
    )
  }

  private var firstTerms: StreamTerms {
    let milliseconds = self.configuration.audioPacketMilliseconds
    return StreamTerms(
      picture: self.configuration.size,
      frameRate: self.configuration.frameRate,
      maximumBitrate: self.configuration.bitrate,
      audioPacketDuration: milliseconds > 0 ? .milliseconds(milliseconds) : nil,
      codec: self.configuration.codec,
      hasIntraRefresh: self.configuration.hasIntraRefresh
    )
  }

  /// The terms' part in a session with new keys.
  ///
  /// - Parameter isOtherHost: a host that knows nothing of what was wished for on the one before.
  func sessionTerms(_ grant: SessionGrant, isOtherHost: Bool, now: Instant) -> PlayerTerms {
    if !isOtherHost, let known = self.host?.session.terms {
      var terms = known
      terms.resume(grant.terms, now: now)
      return terms
    }
    var terms = PlayerTerms(granted: grant.terms)
    if let wished = self.wished { terms.wish(wished, now: now) }
    return terms
  }

  /// Passes on what the one who plays has asked for, and what the decoder can take.
  func sendWishes(now: Instant) {
    for wish in self.link.takeWishes() {
      let terms = wish.terms(after: self.wishedTerms, first: self.firstTerms)
      self.wished = terms
      self.host?.session.wish(terms, now: now)
    }
    let rate = self.link.decodableRate.load(ordering: .relaxed)
    self.host?.session.limitDecoding(to: rate > 0 ? rate : nil, now: now)
  }

  /// The host has told on what terms it streams. People hear of it where that is new, or not what was asked for.
  func termsTold(_ notice: TermsNotice, isAnswer: Bool) {
    let isNews = self.figures.terms != notice.terms || (isAnswer && notice.limit != self.toldLimit)
    self.toldLimit = notice.limit
    self.figures.terms = notice.terms
    self.link.frameRate.store(notice.terms.frameRate, ordering: .relaxed)
    let reason =
      switch notice.limit {
      case .none: ""
      case .host where self.wishedTerms.hasIntraRefresh && !notice.terms.hasIntraRefresh:
        "; the host has no intra refresh for it, so key frames mend what is lost"
      case .host: "; the host has nothing nearer to what was asked for"
      case .bitrate: "; the network carries no more"
      case .decoder: "; this machine decodes no more"
      }
    if isNews { self.logger.notice("the stream is \(notice.terms.summary)\(reason)") }
  }
}
