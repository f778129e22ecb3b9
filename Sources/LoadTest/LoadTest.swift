import DatagramIO
import MediaUnits
import Octets
import RTP
import SessionProtocol
import Synchronization

/// Many players without decoders on one thread and one socket; their sessions are found by SSRC.
public final class LoadTest: Sendable {
  private let configuration: LoadConfiguration
  private let mustStop = Atomic(false)

  public init(_ configuration: LoadConfiguration) {
    self.configuration = configuration
  }

  /// Ends the run early, from any thread.
  public func stop() { self.mustStop.store(true, ordering: .relaxed) }

  /// Runs until its time is up, on a media thread of its own while the caller waits.
  ///
  /// - Throws: ``SocketError`` where the socket cannot be opened or used.
  public func run() throws -> LoadResult {
    let result = Mutex<Result<LoadResult, any Error>?>(nil)
    let outcome = LoadOutcome(result)
    MediaThread.start(name: "load-network") {
      let value = Result { try self.play() }
      outcome.result.withLock { $0 = value }
    }.join()
    guard let value = outcome.result.withLock({ $0 }) else { preconditionFailure("the load's thread has ended") }
    return try value.get()
  }

  private func play() throws -> LoadResult {
    let configuration = self.configuration
    let address = try SocketAddress(host: configuration.host.host, port: configuration.host.port)
    var socket = try UDPSocket(bindingTo: .any(port: 0))
    var received = ReceiveBatch()
    var outgoing = SendBatch()
    let ntp = NTPClock.system()
    let begin = Instant.now
    let offsets = configuration.arrivals.offsets(
      count: configuration.players,
      ramp: configuration.ramp,
      seed: configuration.seed
    )
    let players = offsets.map { HeadlessPlayer(startsAt: begin + $0) }
    var bySSRC: [UInt32: HeadlessPlayer] = [:]
    var machine = MachineLoad()
    var poll = PollSet([socket.fileDescriptor])
    let end = begin + configuration.duration
    var endsAt: Instant?
    while endsAt.map({ $0 > .now }) ?? true {
      // Once a second at least, to see whether it is to stop.
      var deadline = min(endsAt ?? end, Instant.now + .milliseconds(500))
      for player in players { deadline = min(deadline, player.deadline) }
      let waitsFrom = Instant.now
      let hasPackets = try poll.wait(until: deadline)
      let now = Instant.now
      // A deadline that had passed before the wait is no timer's lateness.
      if !hasPackets { machine.timerFired(late: now - max(deadline, waitsFrom)) }
      if hasPackets { try socket.receive(into: &received) }
      if hasPackets {
        received.forEach { datagram, _ in
          guard datagram.count >= 12 else { return }
          switch datagram[0] {
          case 4...7:
            for player in players where player.phase == .asking {
              player.receive(handshake: UnsafeRawBufferPointer(datagram), ntp: ntp, now: now)
              if let grant = player.grant { bySSRC[grant.streams.video] = player }
            }
          case 128...191:
            let isRTCP = RTCPPacket.isRTCP(UnsafeRawBufferPointer(datagram).bytes)
            let ssrc = UnsafeRawBufferPointer(datagram).bytes.bigEndian(at: isRTCP ? 4 : 8, as: UInt32.self)
            // A host's streams of one session differ in their last two bits.
            bySSRC[ssrc & 0xFFFF_FFFC]?.receive(datagram, isRTCP: isRTCP, now: now)
          default: break
          }
        }
      }
      for player in players {
        if player.phase == .waiting, player.startsAt <= now, endsAt == nil {
          machine.timerFired(late: now - player.startsAt)
          player.start(configuration, ntp: ntp, now: now)
        }
        player.step(to: address, batch: &outgoing, ntp: ntp, now: now) { socket.send(&$0) }
      }
      if !outgoing.isEmpty { socket.send(&outgoing) }
      machine.worked(from: now, to: .now)
      if endsAt == nil, end <= .now || self.mustStop.load(ordering: .relaxed) {
        for player in players { player.close() }
        endsAt = .now + .milliseconds(80)
      }
    }
    return LoadResult(configuration, players: players, machine: machine, took: .now - begin)
  }
}

/// Where the load's thread leaves its result.
private final class LoadOutcome: Sendable {
  let result: Mutex<Result<LoadResult, any Error>?>

  init(_ result: consuming Mutex<Result<LoadResult, any Error>?>) {
    self.result = result
  }
}
