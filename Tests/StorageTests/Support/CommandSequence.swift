import IndexAPI
import MediaUnits
import Storage

/// Commands by chance, about few hosts, players and sessions, so that they meet.
struct CommandSequence {
  private var random: SplitMix64
  private let hosts: [HostID]
  private let players: [PlayerID]
  private let sessions: [SessionID]
  private var past: [Command] = []

  init(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.hosts = (0..<6).map { _ in .random(using: &random) }
    self.players = (0..<4).map { _ in .random(using: &random) }
    self.sessions = (0..<60).map { _ in .random(using: &random) }
    self.random = random
  }

  mutating func next() -> Command {
    // One in twenty is repeated.
    if !self.past.isEmpty, self.chance(20) == 0 { return self.past[self.chance(self.past.count)] }
    let command = Command(id: .random(using: &self.random), action: self.action())
    self.past.append(command)
    return command
  }

  mutating func chance(_ count: Int) -> Int { Int(self.random.next() % UInt64(count)) }

  private mutating func action() -> Command.Action {
    let host = self.hosts[self.chance(self.hosts.count)]
    let player = self.players[self.chance(self.players.count)]
    let session = self.sessions[self.chance(self.sessions.count)]
    // In steps of ten seconds, and five: no lease ends while a test runs, only when it moves the clock by tens.
    let lease = Duration.seconds(5 + 10 * self.chance(6))
    switch self.chance(20) {
    case 0, 1:
      let body = (0..<self.chance(9)).map { UInt8($0 * 31) }
      return .register(HostRecord(id: host, seats: 1 + self.chance(4), body: body))
    case 2: return .takeHome(host: host, indexer: ["north", "s\"o\\u{th", "ö"][self.chance(3)])
    case 3:
      return .report(
        host: host,
        epoch: 1 + self.chance(3),
        state: HostState.allCases[self.chance(4)],
        offeredSeats: self.chance(6)
      )
    case 4...10: return .reserve(session: session, host: host, player: player, lease: lease)
    case 11, 12: return .confirm(session: session, host: host, lease: lease)
    case 13: return .extend(session: session, lease: lease)
    case 14: return .hold(session: session, lease: lease)
    case 15: return .close(session: session)
    case 16: return .revive(session: session, host: host, lease: lease)
    case 17: return .release(session: session, reason: "l'état, \"c\\est\" moi")
    case 18: return .expire(limit: self.chance(3))
    default:
      return .announce(IndexerRecord(name: "i,{\(self.chance(3))}", body: [0, 92, 34]), lease: lease)
    }
  }
}
