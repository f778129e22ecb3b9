import IndexAPI
import Matching
import MediaUnits

/// What an indexer knows of one host: the store's row, and, if it is the host's home, what heartbeats say.
struct KnownHost {
  var id: HostID
  var description: HostDescription
  /// Of the bytes that the store has, to see without reading them whether they have changed.
  var bodyDigest = 0
  var state: HostState
  /// Sessions that the host gives its word for, 0 ... seats.
  var offeredSeats: Int
  var seats: Int
  /// The indexer that is the host's home; empty before the first.
  var home: String
  var epoch: Int
  /// Reserved or running, each known from the store.
  var sessions: Set<SessionID> = []
  /// Seats that are being reserved right now, and may come to nothing.
  var pending = 0
  /// The store said that there is no seat although memory says there is: nobody is sent here until it is heard why.
  var isHidden = false

  // Of a host that is at home here.
  var lastHeard: Instant
  var lastSequence: UInt64 = 0
  /// 0 ... 1: the busier of encoder and graphics processor.
  var load = 0.0
  /// Whether its owner wants no new players on it, whatever the host itself says.
  var isDrained = false
  /// Whether warmth or landmarks have changed since its words were last written to the store.
  var isUnwritten = false
  /// When its own words were last written to the store.
  var lastDescribed: Instant

  var usedSeats: Int { self.sessions.count + self.pending }
  var freeSeats: Int { self.isMatchable ? max(0, self.offeredSeats - self.usedSeats) : 0 }
  var isMatchable: Bool { self.state == .standby && !self.isHidden }

  var endpoint: HostEndpoint {
    HostEndpoint(
      host: self.id,
      endpoint: self.description.registration.endpoint,
      transportKey: self.description.registration.transportKey
    )
  }

  var facts: HostFacts {
    let registration = self.description.registration
    return HostFacts(
      id: self.id,
      isMatchable: self.isMatchable,
      seats: self.offeredSeats,
      usedSeats: self.usedSeats,
      performanceClass: registration.capability.performanceClass,
      price: registration.price,
      place: registration.place,
      landmarks: LandmarkVector(self.description.landmarks),
      games: registration.games.map { HostFacts.Game(name: $0.name, isWarm: $0.warm > 0) },
      load: self.load,
      network: Self.network(of: registration.endpoint)
    )
  }

  /// Whether a stage stands ready with the picture that an order wants.
  func isWarm(for order: SessionOrder) -> Bool {
    let game = self.description.registration.games.first { $0.name == order.game }
    return game.map { $0.warm > 0 && (order.picture ?? $0.picture) == $0.picture } ?? false
  }

  /// A hash of the IPv4 /24 or IPv6 /48 that an endpoint is in; a name is a network of its own.
  static func network(of endpoint: String) -> UInt32 {
    guard let colon = endpoint.lastIndex(of: ":") else { return 0 }
    let address = endpoint[..<colon]
    let isIPv6 = address.hasPrefix("[")
    let separator: Character = isIPv6 ? ":" : "."
    let parts = address.split(separator: separator, omittingEmptySubsequences: false).prefix(3)
    var hash: UInt32 = 2_166_136_261
    for part in parts {
      for byte in part.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
      hash = (hash ^ 0x2E) &* 16_777_619
    }
    return hash == 0 ? 1 : hash
  }
}

/// What a store keeps of a host's words: its registration, and of its heartbeats what changes seldom.
struct HostDescription: Codable, Hashable {
  var registration: HostRegistration
  /// ``LandmarkVector`` text; empty if never measured.
  var landmarks: String
}

/// What an indexer knows of one live session.
struct KnownSession {
  var host: HostID
  var player: PlayerID
  var isRunning: Bool
  /// Given up; the host has not yet said that the seat is free.
  var isClosing = false
  var leaseEnd: Instant
  /// Seconds since 1970; the ticket ends then.
  var startBy: Int64
  var hasReportedStart = false
  /// Whether a stage stood ready for it when the seat was given.
  var isWarm = false
}
