import DatagramIO
import GameStage
import IndexAPI
import Identity
import Logging
import MediaUnits
import SessionProtocol
import Synchronization

/// Stages that stand ready before anybody has asked, and what the network's indexer says about sessions to come.
extension HostLoop {
  /// A ticket may be this late and still be admitted, because clocks differ.
  private static let lateness: Int64 = 5
  /// Nobody keeps a seat longer than a ticket can live.
  private static let longestReservation: Int64 = 300

  /// Seats that nothing is left of.
  var freeSeats: Int { max(0, self.configuration.seats - self.seats.count) }

  private var standing: [Seat] { self.standby.filter { !$0.isStopping } }

  /// Seats kept for sessions that have not come yet.
  var reservedCount: Int { self.standing.count { $0.reservation != nil } }

  /// When ``tendStandby(now:)`` has something to do again, should nothing change until then.
  private func nextTending() -> Instant? {
    let standing = self.standing
    let isStarting = standing.contains { !$0.isReady }
    let start = self.stock.deadline(standing: standing.count, isStarting: isStarting, freeSeats: self.freeSeats)
    let expiry = standing.compactMap { $0.reservation?.until }.min()
    return [self.isDraining ? nil : start, expiry].compactMap { $0 }.min()
  }

  /// Does what other threads have asked for.
  func obeyOrders(now: Instant) {
    for order in self.control.takeOrders() {
      switch order {
      case .setKeys(let keys): self.admission?.keys = keys
      case .prepare(let preparation): self.prepare(preparation, now: now)
      case .release(let session): self.release(session)
      case .drain(let isDraining):
        self.isDraining = isDraining
        self.isOccupancyStale = true
      }
    }
  }

  /// Keeps a stage for a session that is about to ask, or starts one of the picture that it will want.
  private func prepare(_ preparation: SessionPreparation, now: Instant) {
    let seconds = min(preparation.startBy - self.unixSeconds + Self.lateness, Self.longestReservation)
    guard seconds > 0, self.stopDeadline == nil, !self.isDraining else { return }
    let isKnown = self.seats.contains { $0.occupant?.session == preparation.session }
    guard !isKnown else { return }
    let reservation = Seat.Reservation(session: preparation.session, until: now + .seconds(seconds))
    if let seat = self.standing.first(where: { $0.reservation?.session == preparation.session }) {
      seat.reservation = reservation
      self.isOccupancyStale = true
      return
    }
    let game = self.configuration.game.picture
    let picture = preparation.picture ?? game.defaultSize
    let free = self.standing.filter { $0.reservation == nil && $0.terms.picture == picture }
    if let seat = free.first(where: { $0.isReady }) ?? free.first {
      seat.reservation = reservation
      self.isOccupancyStale = true
    } else if game.allows(picture), self.reservedCount < self.freeSeats {
      self.startStandby(picture: picture, reservation: reservation, now: now)
    }
  }

  /// A session is given up: nobody will come for it, or whoever came is to go.
  private func release(_ session: SessionID) {
    self.forget(session)
    for seat in self.seats where seat.occupant?.session == session && !seat.isStopping {
      self.end(seat, reason: "the session was ended")
    }
    guard !self.seats.contains(where: { $0.occupant?.session == session }) else { return }
    // Whoever still comes is refused, so the seat is free from now on, and the indexer may know it.
    guard self.admission?.refuse(session, now: self.unixSeconds) == true else { return }
    self.ended.append(EndedSession(session: session, reason: "given up before anybody came"))
    self.isOccupancyStale = true
  }

  /// A session needs its reservation no longer.
  func forget(_ session: SessionID) {
    for seat in self.standby where seat.reservation?.session == session {
      seat.reservation = nil
      self.isOccupancyStale = true
    }
  }

  /// Starts, keeps and ends the stages that stand by.
  func tendStandby(now: Instant) {
    for seat in self.standby { self.collectStandby(from: seat, now: now) }
    // Runs after every batch of datagrams: mostly there is nothing to think about.
    let isDue = self.standbyDeadline.map { $0 <= now } ?? false
    guard self.stopDeadline == nil, self.isOccupancyStale || isDue else { return }
    defer { self.standbyDeadline = self.nextTending() }
    for seat in self.standing {
      guard let reservation = seat.reservation, reservation.until <= now else { continue }
      seat.reservation = nil
      self.isOccupancyStale = true
    }
    self.endSurplus()
    let standing = self.standing
    let isStarting = standing.contains { !$0.isReady }
    let shouldStart = self.stock.shouldStart(
      standing: standing.count,
      isStarting: isStarting,
      freeSeats: self.freeSeats,
      now: now
    )
    if shouldStart, !self.isDraining {
      self.startStandby(picture: self.configuration.game.picture.defaultSize, reservation: nil, now: now)
    }
  }

  /// Ends stages that nobody is expected for: those of a picture that one session wanted, and those without a seat.
  private func endSurplus() {
    let standard = self.configuration.game.picture.defaultSize
    for seat in self.standing where seat.reservation == nil && (self.isDraining || seat.terms.picture != standard) {
      seat.stop()
      self.isOccupancyStale = true
    }
    while let seat = self.standing.last(where: { $0.reservation == nil }), self.standing.count > self.limit {
      seat.stop()
      self.isOccupancyStale = true
    }
  }

  /// The most stages that may stand by now.
  private var limit: Int { min(self.freeSeats, max(self.stock.wanted, self.reservedCount)) }

  private func startStandby(picture: PictureSize, reservation: Seat.Reservation?, now: Instant) {
    let terms = StageTerms(
      picture: picture,
      frameRate: self.configuration.game.picture.defaultRate,
      bitrate: min(.megabits(10), self.configuration.maximumBitrate)
    )
    do {
      let seat = try Seat(terms: terms, occupant: nil, configuration: self.configuration, control: self.control)
      seat.reservation = reservation
      self.standby.append(seat)
      self.isOccupancyStale = true
    } catch {
      let backoff = self.stock.failed(after: .zero, now: now)
      self.logger.error("cannot start a stage ahead: \(error)", metadata: ["again": "\(backoff)"])
    }
  }

  /// Takes what the threads of a stage without a session have said.
  private func collectStandby(from seat: Seat, now: Instant) {
    for report in seat.link.takeReports() {
      self.isOccupancyStale = true
      switch report {
      case .ready(let text):
        seat.isReady = true
        let milliseconds = Int((now - seat.startedAt).inMilliseconds)
        self.logger.info("a warm stage stands ready after \(milliseconds) ms: \(text)")
      case .failed(let text), .gameEnded(let text):
        guard !seat.isStopping else { continue }
        let backoff = self.stock.failed(after: now - seat.startedAt, now: now)
        self.logger.warning("a warm stage is lost, and another follows: \(text)", metadata: ["after": "\(backoff)"])
        seat.stop()
      case .changed, .changeFailed: break
      case .finished:
        seat.join()
        self.standby.removeAll { $0 === seat }
      }
    }
  }

  /// Tells other threads how things stand, if that has changed.
  func publish() {
    guard self.isOccupancyStale else { return }
    self.isOccupancyStale = false
    let occupancy = HostOccupancy(
      freeSeats: self.freeSeats,
      sessions: self.seats.filter { !$0.isStopping }.compactMap { $0.occupant?.session },
      warmStages: self.standing.count { $0.isReady && $0.reservation == nil },
      keptStages: self.standing.count { $0.isReady && $0.reservation != nil },
      isDraining: self.isDraining || self.stopDeadline != nil
    )
    let ended = self.ended
    self.ended = []
    self.control.publish(occupancy, ended: ended)
  }
}
