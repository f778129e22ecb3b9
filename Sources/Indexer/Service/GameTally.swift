import IndexAPI

/// What there is of each game, kept up with every change so that nobody has to count hosts.
struct GameTally {
  private struct Entry {
    var title: String
    /// Hosts that have it, whether they take players now or not.
    var knownHosts = 0
    /// Those that stand by.
    var hosts = 0
    var freeSeats = 0
    var warm = 0
  }

  /// The most games of one list.
  static let maximumCount = 1_000

  private var entries: [String: Entry] = [:]

  /// What of a host is counted.
  struct Share {
    var state: HostState
    var freeSeats: Int
    var games: [GameOffer]

    init(_ host: KnownHost) {
      self.state = host.state
      self.freeSeats = host.freeSeats
      self.games = host.description.registration.games
    }
  }

  /// - Parameter sign: 1 to count the host in, -1 to count it out as it was counted in.
  mutating func count(_ host: Share, by sign: Int) {
    guard host.state != .offline else { return }
    for game in host.games {
      var entry = self.entries.removeValue(forKey: game.name) ?? Entry(title: game.title)
      entry.knownHosts += sign
      if host.state == .standby {
        entry.hosts += sign
        entry.freeSeats += sign * host.freeSeats
        entry.warm += sign * game.warm
      }
      if entry.knownHosts > 0 { self.entries[game.name] = entry }
    }
  }

  /// Counts a host anew of which, most often, nothing has changed but seats.
  mutating func recount(_ old: Share, as new: Share) {
    // Arrays that share their memory are found equal at once.
    guard old.state == new.state, old.games == new.games else {
      self.count(old, by: -1)
      self.count(new, by: 1)
      return
    }
    guard new.state == .standby, old.freeSeats != new.freeSeats else { return }
    for game in new.games { self.entries[game.name]?.freeSeats += new.freeSeats - old.freeSeats }
  }

  var list: GameList {
    let games = self.entries.filter { $0.value.hosts > 0 }.map { name, entry in
      GameList.Game(
        name: name,
        title: entry.title,
        hosts: entry.hosts,
        freeSeats: max(0, entry.freeSeats),
        warm: max(0, entry.warm)
      )
    }
    return GameList(games: Array(games.sorted { ($1.hosts, $0.name) < ($0.hosts, $1.name) }.prefix(Self.maximumCount)))
  }

  /// Whether a host has it that may take players again soon, if it does not now.
  func contains(_ game: String) -> Bool { self.entries[game] != nil }
}
