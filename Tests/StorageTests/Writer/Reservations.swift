internal import IndexAPI
internal import MediaUnits
internal import Storage

/// Registers hosts of four seats, and reserves and releases them from many tasks.
///
/// Without a number of commands it goes on until it is killed, and prints a line for each acknowledged reservation,
/// "+ SESSION HOST", before each release, "? SESSION", and after it, "- SESSION". With one it prints only the rate.
struct Reservations {
  /// Hosts registered in one batch.
  private static let strideCount = 250

  let store: any NetworkStore
  let name: String
  let seed: UInt64
  let hostCount: Int
  let taskCount: Int
  let commandCount: Int?

  func run() async throws {
    // Every writer has the same hosts.
    var random = SplitMix64(seed: 1)
    let hosts = (0..<self.hostCount).map { _ in HostID.random(using: &random) }
    var ids = SplitMix64(seed: self.seed)
    for start in stride(from: 0, to: hosts.count, by: Self.strideCount) {
      let batch = hosts[start...].prefix(Self.strideCount).flatMap { host in
        [
          Command.Action.register(HostRecord(id: host, seats: 4, body: [UInt8](repeating: 7, count: 300))),
          .takeHome(host: host, indexer: self.name),
        ].map { Command(id: .random(using: &ids), action: $0) }
      }
      // Two writers that start at once may both be the first; the one that loses tries again.
      while (try? await self.store.apply(batch)) == nil {}
    }
    Writer.say("ready")

    let committer = BatchCommitter(store: self.store)
    let begun = ContinuousClock.now
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<self.taskCount {
        group.addTask { await self.reserve(hosts, through: committer, task: task) }
      }
    }
    let seconds = (ContinuousClock.now - begun).inSeconds
    Writer.say("rate \(Int(Double(self.commandCount ?? 0) / seconds))")
  }

  private func reserve(_ hosts: [HostID], through committer: BatchCommitter, task: Int) async {
    var random = SplitMix64(seed: self.seed &* 1_000_003 &+ UInt64(task) + 7)
    var held: [SessionID] = []
    var count = 0
    var isRefused = false
    while self.commandCount.map({ count < $0 / self.taskCount }) ?? true {
      count += 1
      let id = RequestID.random(using: &random)
      // When all seats are taken, somebody must give one back.
      if held.count > 2 || isRefused && !held.isEmpty {
        isRefused = false
        let session = held.removeFirst()
        if self.commandCount == nil { Writer.say("? \(session)") }
        _ = await self.outcome(of: Command(id: id, action: .release(session: session, reason: "test")), committer)
        if self.commandCount == nil { Writer.say("- \(session)") }
      } else {
        let session = SessionID.random(using: &random)
        let host = hosts[Int(random.next() % UInt64(hosts.count))]
        let player = PlayerID.random(using: &random)
        let action = Command.Action.reserve(session: session, host: host, player: player, lease: .seconds(600))
        isRefused = await self.outcome(of: Command(id: id, action: action), committer) != .reserved
        if isRefused { continue }
        held.append(session)
        if self.commandCount == nil { Writer.say("+ \(session) \(host)") }
      }
    }
  }

  /// Repeats the command until it has an outcome.
  private func outcome(of command: Command, _ committer: BatchCommitter) async -> Outcome {
    while true {
      if let outcome = try? await committer.apply(command) { return outcome }
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
}
