import IndexAPI

/// A request as the hot loop wants it.
struct Search {
  let game: UInt16
  let gameMask: UInt32
  let bucket: Int
  let minimumClass: UInt8
  let maximumPrice: UInt32
  let minimumReputation: UInt8
  let avoid: [HostID]
  let hasPlace: Bool
  let position: UnitVector
  let point: SIMD4<Float>
  let lanes: SIMD8<UInt16>
  let knownLanes: UInt8
  let unknownMicroseconds: Double
  let limit: Int

  var hasLandmarks: Bool { self.knownLanes != 0 }

  /// - Returns: `nil` when no host can suit.
  init?(_ request: MatchRequest, _ game: UInt16, _ matcher: Matcher, _ limit: Int) {
    guard request.maximumPrice ?? 0 >= 0 else { return nil }
    self.game = game
    self.gameMask = GameNames.mask(of: game)
    self.bucket = GameNames.bucket(of: game)
    self.minimumClass = UInt8(request.minimumClass.rawValue)
    self.maximumPrice = request.maximumPrice.map { UInt32(clamping: $0) } ?? .max
    self.minimumReputation = HostEntry.byte(request.minimumReputation)
    self.avoid = request.avoid
    self.hasPlace = request.place != nil
    self.position = request.place.map { UnitVector($0) } ?? UnitVector(x: 0, y: 0, z: 0)
    self.point = SIMD4(self.position.x, self.position.y, self.position.z, 0)
    self.lanes = matcher.slots.lanes(of: request.landmarks.flatMap { LandmarkVector($0) })
    self.knownLanes = LandmarkSlots.known(self.lanes)
    self.unknownMicroseconds = Double(matcher.policy.unknownMicroseconds)
    self.limit = max(1, min(64, limit))
  }

  func suits(_ host: HostEntry) -> Bool {
    host.performanceClass >= self.minimumClass && host.price <= self.maximumPrice
      && host.reputation >= self.minimumReputation && (self.avoid.isEmpty || !self.avoid.contains(host.id))
  }
}

/// A box that has not been looked into, and how near at least what is in it is: by place, by landmark, whichever is less.
struct Pending {
  var node: UInt32
  /// A leaf's members that can take a player and may have the game. Read when the box is, long before it is looked into,
  /// so that nobody waits for this memory.
  var bits: UInt32
  var chordSquared: Float
  var microseconds: Double

  func isFarther(than other: Pending) -> Bool {
    (self.microseconds, self.chordSquared) > (other.microseconds, other.chordSquared)
  }
}

/// A host that suits.
struct Found {
  /// Microseconds of round trip.
  var key: Double
  var row: UInt32
  var network: UInt32
  var isKnown: Bool
}

/// The nearest of all that were offered, no more than three of a network.
struct NearestList {
  let limit: Int
  private(set) var found: [Found] = []
  /// What is not nearer has no place in the list any more.
  private(set) var microsecondsLimit = Double.infinity
  private(set) var chordSquaredLimit = Float.infinity

  init(limit: Int) {
    self.limit = limit
    self.found.reserveCapacity(limit + 1)
  }

  func admits(_ pending: Pending) -> Bool {
    pending.chordSquared < self.chordSquaredLimit || pending.microseconds < self.microsecondsLimit
  }

  mutating func insert(_ host: Found) {
    guard host.key < self.microsecondsLimit else { return }
    var index = self.found.count
    while index > 0, self.found[index - 1].key > host.key { index -= 1 }
    if host.network != 0 {
      var count = 0
      var last = 0
      for (position, other) in self.found.enumerated() where other.network == host.network {
        count += 1
        last = position
      }
      if count == Matcher.networkLimit {
        guard last >= index else { return }
        self.found.remove(at: last)
      }
    }
    self.found.insert(host, at: index)
    if self.found.count > self.limit { self.found.removeLast() }
    guard self.found.count == self.limit, let worst = self.found.last else { return }
    self.microsecondsLimit = worst.key
    self.chordSquaredLimit = Geography.chordSquared(microseconds: worst.key)
  }
}
