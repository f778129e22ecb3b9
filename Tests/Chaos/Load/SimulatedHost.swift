import Foundation
import IndexAPI
import Identity
import SeatHistory

/// A host without games: it registers, beats, follows its stream, and lets in whoever has a ticket while it has a seat.
///
/// It alone says how many play on it, so it is the witness of whether a seat was given twice.
actor SimulatedHost {
  enum Admission: Sendable {
    case admitted
    case refused(String)
  }

  nonisolated let id: HostID
  nonisolated let seats: Int
  private let caller: Caller
  private let log: EventLog
  private let game: String
  private let place: Place

  private var admission: TicketAdmission
  private var epoch = 0
  private var sequence: UInt64 = 0
  private var running: [SessionID: PlayerID] = [:]
  /// Sessions that their players have given up or moved; an indexer may tell the host so.
  private var leaving: Set<SessionID> = []
  private var ended: [Heartbeat.Ended] = []
  private var lastHeard: Int64 = 0
  /// Something that the next heartbeat says at once.
  private var hasNews = false

  init(caller: Caller, seats: Int, game: String, place: Place, log: EventLog) {
    self.caller = caller
    self.id = caller.identity.publicKey.hostID
    self.seats = seats
    self.game = game
    self.place = place
    self.log = log
    self.admission = TicketAdmission(host: caller.identity.publicKey.hostID)
    log.write(Event(.host, host: "\(self.id)", seats: seats))
  }

  // What players do.

  func arrive(ticket: [UInt8], session: SessionID, transportKey: [UInt8]) -> Admission {
    do {
      let admitted = try self.admission.admit(ticket, transportKey: transportKey, now: EventLog.unix)
      guard admitted.session == session else { return .refused("the ticket names another session") }
      guard self.running.count < self.seats else {
        return .refused("no free seat of \(self.seats): the seat was given twice")
      }
      self.running[session] = admitted.player
      let now = EventLog.now
      self.log.operation(.extend(session: "\(session)", lease: .max), .done, host: "\(self.id)", from: now, to: now)
      self.log.write(Event(.admission, host: "\(self.id)", returned: now))
      self.hasNews = true
      return .admitted
    } catch {
      return .refused("ticket: \(error)")
    }
  }

  /// The player has said that it goes, here or to an indexer.
  func expectEnd(of session: SessionID) { self.leaving.insert(session) }

  func leave(_ session: SessionID) {
    guard self.running.removeValue(forKey: session) != nil else { return }
    let now = EventLog.now
    self.log.operation(.release(session: "\(session)"), .unknown, host: "\(self.id)", from: now, to: now)
    self.ended.append(Heartbeat.Ended(session: session, reason: "the player left"))
    self.hasNews = true
  }

  var runs: Int { self.running.count }

  // What indexers hear and say.

  /// Serves until cancelled, at one indexer after another.
  func serve() async {
    var next = Int.random(in: 0..<self.caller.indexers.count)
    while !Task.isCancelled {
      let indexer = next
      if await self.register(at: indexer) {
        await withTaskGroup(of: Void.self) { group in
          group.addTask { await self.follow(indexer) }
          group.addTask { await self.beat(indexer) }
          group.addTask { await self.watch() }
          await group.next()
          group.cancelAll()
        }
      }
      next = (indexer + 1) % self.caller.indexers.count
      try? await Task.sleep(for: .milliseconds(Int.random(in: 50...300)))
    }
  }

  private func register(at indexer: Int) async -> Bool {
    let registration = HostRegistration(
      endpoint: "192.0.2.1:\(1024 + Int(self.id.low % 60_000))",
      transportKey: self.caller.identity.publicKey.base64URL,
      games: [GameOffer(name: self.game, title: self.game, picture: "1280x720", maximumRate: 60, warm: self.seats)],
      capability: HostCapability(gpu: nil, encoders: [], cores: 4, memoryMegabytes: 8192, performanceClass: .hd),
      seats: self.seats,
      place: self.place
    )
    let answer = await self.caller.call("POST", "/v1/hosts", body: registration, at: indexer)
    guard let registered = answer.decoded(as: HostRegistered.self, when: 200) else {
      if let status = answer.status, status >= 400, status < 500, status != 429 { self.complain("register", answer) }
      return false
    }
    self.epoch = registered.epoch
    self.sequence = 0
    self.lastHeard = EventLog.now
    self.take(keys: registered.keys)
    self.log.write(Event(.registration, host: "\(self.id)", indexer: indexer, returned: self.lastHeard))
    return true
  }

  private func take(keys: String) {
    do {
      self.admission.keys = try KeySet(verifying: keys, root: nil, now: EventLog.unix)
    } catch {
      self.log.violation("a key set that does not verify: \(error)", host: "\(self.id)")
    }
  }

  private func beat(_ indexer: Int) async {
    while !Task.isCancelled {
      self.sequence += 1
      let reported = self.ended
      self.hasNews = false
      let heartbeat = Heartbeat(
        epoch: self.epoch,
        sequence: self.sequence,
        state: .standby,
        freeSeats: self.seats - self.running.count,
        encoderLoad: Double(self.running.count) / Double(self.seats),
        games: [Heartbeat.Warmth(name: self.game, warm: self.seats - self.running.count)],
        sessions: Array(self.running.keys),
        ended: reported
      )
      let answer = await self.caller.call("POST", "/v1/hosts/\(self.id)/heartbeat", body: heartbeat, at: indexer)
      guard answer.status != 429 else {
        try? await Task.sleep(for: .seconds(1))
        continue
      }
      guard answer.status == 204 else {
        if let status = answer.status, status != 409, status != 404, status < 500 { self.complain("heartbeat", answer) }
        return
      }
      self.ended.removeAll { ended in reported.contains(ended) }
      await self.pause()
    }
  }

  /// For five seconds, or until there is news; looks for it 40 times a second, so that news join.
  private func pause() async {
    for _ in 0..<200 where !self.hasNews && !Task.isCancelled { try? await Task.sleep(for: .milliseconds(25)) }
  }

  private func follow(_ indexer: Int) async {
    await self.caller.follow("/v1/hosts/\(self.id)/stream", at: indexer) { line in self.hear(line) }
  }

  /// Ends when the stream has been silent for longer than two of its signs of life, or has said goodbye.
  private func watch() async {
    while !Task.isCancelled, EventLog.now - self.lastHeard < 12_000_000_000 {
      try? await Task.sleep(for: .milliseconds(500))
    }
  }

  private func hear(_ line: [UInt8]) {
    self.lastHeard = EventLog.now
    guard let message = try? JSONDecoder().decode(HostMessage.self, from: Data(line)) else { return }
    switch message {
    case .release(let session):
      guard self.running[session] != nil else {
        // Whoever still comes is refused, so the seat is free from now on.
        guard self.admission.refuse(session, now: EventLog.unix) else { return }
        self.ended.append(Heartbeat.Ended(session: session, reason: "given up before anybody came"))
        self.hasNews = true
        return
      }
      if !self.leaving.contains(session) {
        self.log.violation("an indexer ended session \(session), which its player has not left", host: "\(self.id)")
      }
      self.leave(session)
    case .keys(let keys): self.take(keys: keys)
    case .goodbye: self.lastHeard = .min / 2
    case .prepare, .alive: break
    }
  }

  private func complain(_ what: String, _ answer: Caller.Answer) {
    guard case .answered(let status, let body) = answer else { return }
    self.log.violation("\(what): \(status) \(String(decoding: body.prefix(300), as: UTF8.self))", host: "\(self.id)")
  }
}
