import DatagramIO
import Handshake
import Logging
import MediaUnits
import SessionProtocol
import Transport

/// Which host the player plays on: finding one, agreeing with it, noticing that it is gone, finding the next.
extension PlayerLoop {
  /// How long one request to resume is repeated before the next.
  private static let resumeTimeout: Duration = .seconds(2)
  /// How long a host may take to answer where another can be had instead.
  private static let alternativeTimeout: Duration = .milliseconds(1500)

  // MARK: Search

  /// Looks for a host, the session's first or the next.
  func search(after lost: LostHost?) {
    self.search.begin(after: lost, source: self.configuration.source, link: self.link, now: .now)
  }

  func advanceSearch(now: Instant) {
    if let retryAt = self.search.retryAt, retryAt <= now { self.search(after: self.search.lost) }
    guard let answer = self.search.takeAnswer() else { return }
    switch answer {
    case .success(let offer?): self.beginAttempt(offer, now: now)
    case .success(nil): self.link.finish(self.search.lost?.end ?? .unreachable)
    case .failure(let error):
      let isWorthIt = self.search.since.map { now - $0 < HostSearch.patience } ?? false
      guard self.search.lost != nil, self.figures.grant != nil, isWorthIt else {
        return self.link.finish(.noHost("\(error)"), error: error)
      }
      self.logger.notice("no other host yet: \(error)")
      self.search.retry(now: now)
    }
  }

  /// The player cannot play on `offer`'s host, or no longer; the next is looked for.
  private func lose(_ offer: HostOffer, _ end: PlayerEnd) {
    self.attempt = nil
    self.resumption = nil
    self.leaveHost()
    self.silence.reset()
    self.search.failed()
    guard self.configuration.source.hasAlternatives, self.search.failureCount < HostSearch.maximumFailureCount else {
      return self.link.finish(end)
    }
    self.logger.notice("\(offer.address.endpoint): \(end.sentence); looking for another host")
    guard !self.search.isUnderWay else { return }
    self.search(after: LostHost(address: offer.address, end: end))
  }

  // MARK: Handshakes

  private func beginAttempt(_ offer: HostOffer, now: Instant) {
    // The search decided: whatever the host before still says comes too late.
    self.resumption = nil
    self.leaveHost()
    self.silence.reset()
    self.figures.lastTried = offer.address
    do {
      let address = try SocketAddress(host: offer.address.host, port: offer.address.port)
      let timeout =
        self.configuration.source.hasAlternatives
        ? min(Self.alternativeTimeout, self.configuration.connectTimeout) : self.configuration.connectTimeout
      if self.figures.startedAt == .zero { self.figures.startedAt = now }
      self.attempt = self.handshake(with: offer, at: address, resuming: nil, timeout: timeout, now: now)
      if self.attempt == nil { self.lose(offer, .wrongHostKey) }
    } catch {
      guard self.configuration.source.hasAlternatives else {
        return self.link.finish(.failed("\(error)"), error: error)
      }
      self.lose(offer, .unreachable)
    }
  }

  private func beginResumption(of host: HostLink, now: Instant) {
    guard self.resumption == nil else { return }
    self.resumption = self.handshake(
      with: host.offer,
      at: host.address,
      resuming: host.grant.connection,
      timeout: Self.resumeTimeout,
      now: now
    )
  }

  private func handshake(
    with offer: HostOffer,
    at address: SocketAddress,
    resuming connection: ConnectionID?,
    timeout: Duration,
    now: Instant
  ) -> HandshakeAttempt? {
    let request = SessionRequest(
      terms: self.requestedTerms,
      resumedSession: connection,
      requestTime: UInt64(max(0, self.ntp.nanosecondsSince1970(at: now))),
      ticket: offer.ticket
    )
    var configuration = PlayerHandshake.Configuration()
    configuration.limit = timeout
    configuration.copies = self.helloCount
    let handshake = PlayerHandshake(
      identity: self.configuration.identity,
      hostKey: offer.address.key,
      request: request,
      configuration: configuration,
      now: now
    )
    return handshake.map { HandshakeAttempt(offer: offer, address: address, startedAt: now, handshake: $0) }
  }

  /// So many hellos that the host may send two full pictures before it knows the address to be real: the first picture,
  /// which is all key frame, and what follows it until the player's first report has come.
  private var helloCount: Int {
    let picture = self.configuration.bitrate.bitsPerSecond / 8 / Int64(max(1, self.configuration.frameRate))
    let bought = Int64(AmplificationLimit.factor * PlayerHandshake.helloByteCount)
    return Int(min(16, max(8, (2 * picture + bought - 1) / bought)))
  }

  func advanceHandshakes(now: Instant) {
    self.sendHellos(of: &self.attempt, now: now)
    self.sendHellos(of: &self.resumption, now: now)
    if let attempt = self.attempt, let outcome = attempt.handshake.outcome {
      self.attempt = nil
      switch outcome {
      case .granted(let grant, let keys): self.begin(grant, keys, with: attempt, now: now)
      case .refused(let refusal): self.lose(attempt.offer, .refused(refusal))
      case .timedOut(let hint): self.lose(attempt.offer, hint == nil ? .unreachable : .wrongHostKey)
      }
    }
    if let resumption = self.resumption, let outcome = resumption.handshake.outcome {
      self.resumption = nil
      self.advanceResumption(resumption, outcome, now: now)
    }
  }

  private func sendHellos(of attempt: inout HandshakeAttempt?, now: Instant) {
    guard let address = attempt?.address else { return }
    while let datagram = attempt?.handshake.poll(now: now) { self.send(datagram, to: address) }
  }

  private func advanceResumption(_ resumption: HandshakeAttempt, _ outcome: PlayerHandshake.Outcome, now: Instant) {
    switch outcome {
    case .granted(let grant, let keys):
      self.search.cancel()
      self.begin(grant, keys, with: resumption, now: now)
    case .refused(let refusal):
      // After a silence, a host that no longer knows the session has ended it.
      let isOver = refusal.code == .unknownSession
      let end = isOver ? PlayerEnd.closedByHost(reason: "the session is over") : .refused(refusal)
      if self.configuration.source.hasAlternatives { self.lose(resumption.offer, end) } else { self.link.finish(end) }
    case .timedOut:
      if let host = self.host { self.beginResumption(of: host, now: now) }
    }
  }

  // MARK: Silence

  func handleEvents(of host: HostLink, now: Instant) {
    while let event = host.session.nextEvent() {
      switch event {
      case .silent:
        self.logger.notice("the host has gone silent; trying to resume")
        self.beginResumption(of: host, now: now)
      case .expired:
        if self.search.isUnderWay { self.leaveForGood() } else { self.lose(host.offer, .hostLost) }
      case .termsChanged(let notice): self.termsTold(notice, isAnswer: false)
      case .wishAnswered(let notice): self.termsTold(notice, isAnswer: true)
      case .wishUnanswered: self.logger.notice("this host cannot change a running stream; it is too old for that")
      case .closed(let reason):
        let end = PlayerEnd.closedByHost(reason: reason)
        if HostFarewell.endsGame(reason) { self.link.finish(end) } else { self.lose(host.offer, end) }
      }
    }
  }

  /// Gives up a host while another is looked for already.
  private func leaveForGood() {
    self.resumption = nil
    self.leaveHost()
    self.silence.reset()
  }

  /// Where there are other hosts, a lost one is noticed early.
  func watchSilence(now: Instant) {
    guard self.configuration.source.hasAlternatives, let host = self.host else { return }
    switch self.silence.judge(lastHeardAt: host.lastHeardAt, address: host.address, now: now) {
    case .heard:
      if self.search.isUnderWay {
        self.logger.notice("\(host.offer.address.endpoint) is back")
        self.search.cancel()
      }
    case .wait: break
    case .resume: self.beginResumption(of: host, now: now)
    case .search:
      self.beginResumption(of: host, now: now)
      guard !self.search.isUnderWay else { return }
      self.logger.notice("\(host.offer.address.endpoint) has gone silent; looking for another host")
      self.search(after: LostHost(address: host.offer.address, end: .hostLost))
    case .closed:
      if self.search.isUnderWay { self.leaveForGood() } else { self.lose(host.offer, .hostLost) }
    }
  }
}
