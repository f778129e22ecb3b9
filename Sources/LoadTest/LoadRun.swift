import DatagramIO
import ErasureCoding
import Handshake
import MediaUnits
import NetworkSimulator
import SessionProtocol
import SessionReport
import Synchronization
import Transport

/// One run of a load test, from its first player's start to its result. Lives on the load's thread.
final class LoadRun {
  private let configuration: LoadConfiguration
  private let control: LoadControl
  private let figures: LoadFigures
  private let players: [HeadlessPlayer]
  private let strip: StripFile?
  private let begin: Instant
  private let ntp = NTPClock.system()
  private var received = ReceiveBatch()
  private var outgoing = SendBatch()
  private var machine = MachineLoad()
  private var searches: [Task<Void, Never>] = []
  /// When the run is over and only goodbyes leave; `nil` while players play.
  private var endsAt: Instant?
  private var closedAt: Instant
  private var progressAt: Instant
  private var lastProgress = Counts()

  /// What progress and series are differences of.
  private struct Counts {
    var frames: Int64 = 0
    var late: Int64 = 0
    var missing: Int64 = 0
    var bytes = 0
    var lost = 0
    var busy: Int64 = 0
  }

  init(_ configuration: LoadConfiguration, control: LoadControl) throws {
    let begin = Instant.now
    let figures = LoadFigures(start: begin, duration: configuration.duration)
    let strip = try configuration.stripPath.map(StripFile.init)
    let offsets = configuration.arrivals.offsets(
      count: configuration.players,
      ramp: configuration.ramp,
      seed: configuration.seed
    )
    let ntp = self.ntp
    let code = ReedSolomon()
    var firstDecodes = true
    self.players = try offsets.enumerated().map { number, offset in
      let decodes = configuration.decoding.includes(number)
      let decoder = decodes ? try DecodeThread(strip: firstDecodes ? strip : nil) : nil
      if decodes { firstDecodes = false }
      return try HeadlessPlayer(
        number: number,
        startsAt: begin + offset,
        configuration: configuration,
        figures: figures,
        ntp: ntp,
        code: code,
        decoder: decoder
      )
    }
    self.configuration = configuration
    self.control = control
    self.figures = figures
    self.strip = strip
    self.begin = begin
    self.closedAt = begin
    self.progressAt = begin + .seconds(1)
  }

  func play() throws -> LoadResult {
    // A host that everyone goes to is looked up once, before the clock of anybody runs.
    var fixed: (LoadSeat, SocketAddress)?
    if case .host(let host) = self.configuration.target {
      fixed = (LoadSeat(address: host), try SocketAddress(host: host.host, port: host.port))
    }
    var poll = PollSet([self.control.wakeup.fileDescriptor] + self.players.map(\.fileDescriptor))
    for player in self.players { player.decoder?.start() }
    let end = self.begin + self.configuration.duration
    while self.endsAt.map({ $0 > .now }) ?? true {
      let deadline = self.players.reduce(min(self.endsAt ?? end, self.progressAt)) { min($0, $1.wakesAt) }
      let waitsFrom = Instant.now
      let isStirred = try poll.wait(until: deadline)
      let now = Instant.now
      // A deadline that had passed before the wait is no timer's lateness.
      if !isStirred { self.machine.timerFired(late: now - max(deadline, waitsFrom)) }
      if isStirred { try self.takeArrivals(poll) }
      if self.endsAt == nil { self.startPlayers(fixed, now: now) }
      for player in self.players where player.isStirred || player.wakesAt <= now {
        player.step(batch: &self.outgoing, now: now)
      }
      self.machine.worked(from: now, to: .now)
      if self.progressAt <= now { self.makeProgress(now: now) }
      if self.endsAt == nil, end <= .now || self.control.mustStop.load(ordering: .relaxed) { self.close() }
    }
    return try self.result()
  }

  private func takeArrivals(_ poll: borrowing PollSet) throws {
    for (index, player) in self.players.enumerated() where poll.isReadable(index + 1) {
      try player.receive(into: &self.received)
    }
    guard poll.isReadable(0) else { return }
    self.control.wakeup.drain()
    for found in self.control.takeFound() where self.endsAt == nil {
      let player = self.players[found.player]
      switch found.seat {
      case .success(let (seat, address)): player.start(at: seat, address: address, now: .now)
      case .failure(let error): player.fail("no seat: \(error)")
      }
    }
  }

  private func startPlayers(_ fixed: (LoadSeat, SocketAddress)?, now: Instant) {
    for player in self.players where player.phase == .waiting && player.startsAt <= now {
      self.machine.timerFired(late: now - player.startsAt)
      if let (seat, address) = fixed {
        player.start(at: seat, address: address, now: now)
      } else if case .seats(let source) = self.configuration.target {
        player.seek(now: now)
        self.search(for: player, in: source)
      }
    }
  }

  private func search(for player: HeadlessPlayer, in source: any SeatSource) {
    let (number, key, control) = (player.number, player.identity.publicKey, self.control)
    self.searches.append(
      Task {
        do {
          let seat = try await source.seat(for: number, key: key)
          let address = try SocketAddress(host: seat.address.host, port: seat.address.port)
          control.put((number, .success((seat, address))))
        } catch {
          control.put((number, .failure(error)))
        }
      }
    )
  }

  private func close() {
    let now = Instant.now
    self.closedAt = now
    for search in self.searches { search.cancel() }
    for player in self.players { player.close(now: now) }
    let link = self.configuration.links.map { $0.up.delay + $0.up.jitter }.max() ?? .zero
    self.endsAt = now + .milliseconds(80) + min(link, .seconds(2))
  }

  // MARK: Figures

  private func makeProgress(now: Instant) {
    let view = self.figures.meter.view
    var counts = Counts()
    (counts.frames, counts.late, counts.missing) = (view.count, view.lateCount, view.missingCount)
    for player in self.players {
      let statistics = player.statistics
      counts.bytes += statistics.bytesReceived
      counts.lost += statistics.packetsLost
      if let roundTrip = player.roundTrip, player.phase == .playing {
        self.figures.roundTrip.record(nanoseconds: roundTrip.wholeNanoseconds)
        self.figures.clockUncertainty.record(nanoseconds: player.clockUncertainty.wholeNanoseconds)
      }
    }
    counts.busy = self.machine.workNanoseconds
    let last = self.lastProgress
    self.lastProgress = counts
    let interval = max(1e-3, (now - (self.progressAt - .seconds(1))).inSeconds)
    self.progressAt = max(self.progressAt, now - .seconds(1)) + .seconds(1)
    self.figures.meter.notePackets(lost: counts.lost - last.lost, at: now - .seconds(1))
    defer { self.figures.recent = LatencyHistogram() }
    guard let onProgress = self.configuration.onProgress, self.endsAt == nil else { return }
    var progress = LoadProgress(
      second: Int((now - self.begin).inSeconds.rounded()),
      seconds: Int(self.configuration.duration.inSeconds.rounded(.up))
    )
    for player in self.players {
      switch player.phase {
      case .waiting: progress.waiting += 1
      case .seeking, .asking: progress.asking += 1
      case .playing: progress.playing += 1
      case .over: progress.failed += 1
      }
    }
    progress.frames = counts.frames - last.frames
    progress.late = counts.late - last.late
    progress.missing = counts.missing - last.missing
    progress.median = self.figures.recent.percentile(50)
    progress.p99 = self.figures.recent.percentile(99)
    progress.bitsPerSecond = Int64(Double(counts.bytes - last.bytes) * 8 / interval)
    progress.busyShare = Double(counts.busy - last.busy) / 1e9 / interval
    onProgress(progress)
  }

  private func result() throws -> LoadResult {
    let end = Instant.now
    var decoded: DecodeMeter?
    for decoder in self.players.compactMap(\.decoder) {
      let meter = decoder.finish(at: self.closedAt)
      decoded?.merge(meter)
      decoded = decoded ?? meter
    }
    try self.strip?.flush()
    return LoadResult(
      self.configuration,
      players: self.players,
      figures: self.figures,
      decoded: decoded,
      machine: self.machine,
      took: end - self.begin
    )
  }
}
