import IndexAPI

/// A request as the hot loop wants it.
///
/// What is nearer is told by a key: round trips in microseconds where landmarks count, and otherwise the squares of
/// chords, which rise with them and cost no function of angles.
struct Search {
  let game: UInt16
  let gameMask: UInt64
  let bucket: Int
  let minimumClass: UInt8
  let maximumPrice: UInt32
  let minimumReputation: UInt8
  let avoid: [HostID]
  /// Whether there is anybody to avoid.
  let avoids: Bool
  let hasPlace: Bool
  let position: UnitVector
  let lanes: SIMD8<UInt16>
  let knownLanes: UInt8
  /// Whether keys are microseconds.
  let goesByLandmarks: Bool
  /// The key of whoever is anywhere.
  let unknownKey: Double
  let limit: Int

  /// - Returns: `nil` when no host can suit.
  init?(_ request: MatchRequest, _ game: UInt16, _ matcher: borrowing Matcher, _ limit: Int) {
    guard request.maximumPrice ?? 0 >= 0 else { return nil }
    self.game = game
    self.gameMask = GameNames.mask(of: game)
    self.bucket = GameNames.bucket(of: game)
    self.minimumClass = UInt8(request.minimumClass.rawValue)
    self.maximumPrice = request.maximumPrice.map { UInt32(clamping: $0) } ?? .max
    self.minimumReputation = HostEntry.byte(request.minimumReputation)
    self.avoid = request.avoid
    self.avoids = !request.avoid.isEmpty
    self.hasPlace = request.place != nil
    self.position = request.place.map { UnitVector($0) } ?? UnitVector(x: 0, y: 0, z: 0)
    self.lanes = matcher.slots.lanes(of: request.landmarks.flatMap { LandmarkVector($0) })
    self.knownLanes = LandmarkSlots.known(self.lanes)
    self.goesByLandmarks = self.knownLanes != 0 && !matcher.hostLandmarks.isEmpty
    let unknown = Double(matcher.policy.unknownMicroseconds)
    // Nobody is farther than at the other end of the Earth, so whatever is more comes last.
    self.unknownKey = self.goesByLandmarks ? unknown : Double(min(5, Geography.chordSquared(microseconds: unknown)))
    self.limit = max(1, min(64, limit))
  }

  func suits(_ host: HostEntry) -> Bool {
    host.performanceClass >= self.minimumClass && host.price <= self.maximumPrice
      && host.reputation >= self.minimumReputation && (self.avoid.isEmpty || !self.avoid.contains(host.id))
  }
}

/// A box that has not been looked into.
struct Pending {
  /// With nobody in it who suits.
  static let nobody = Pending(first: 0, members: 0, key: .infinity)

  /// A leaf's block; otherwise the first child.
  var first: UInt32
  /// A leaf's members that can take a player and may have the game; 0 for a box that is no leaf. Read when the box is,
  /// long before it is looked into, so that nobody waits for this memory.
  var members: UInt64
  /// How near at least what is in it is.
  var key: Double
}

/// A host that suits.
struct Found {
  var key: Double
  var row: UInt32
  var network: UInt32
}

/// Boxes that have not been looked into; the one that came last is the next.
struct PendingBoxes {
  private static let inlineCount = 48

  private var boxes = InlineArray<48, Pending>(repeating: .nobody)
  private var count = 0
  /// What has no room in ``boxes``, as in trees that somebody made deep.
  private var more: [Pending] = []

  @inline(__always)
  mutating func pop() -> Pending? {
    guard self.count > 0 else { return nil }
    if self.count == Self.inlineCount, let last = self.more.popLast() { return last }
    self.count -= 1
    return self.boxes[self.count]
  }

  @inline(__always)
  mutating func push(_ box: Pending) { self.push(box, if: true) }

  /// Written in any case, and counted if `isWanted`: that needs no branch.
  @inline(__always)
  mutating func push(_ box: Pending, if isWanted: Bool) {
    guard self.count < Self.inlineCount else {
      if isWanted { self.more.append(box) }
      return
    }
    self.boxes[self.count] = box
    self.count += isWanted ? 1 : 0
  }
}

/// The nearest of all that were offered, no more than three of a network.
struct NearestList<let capacity: Int> {
  /// 1 ... capacity.
  private let limit: Int
  private var found = InlineArray<capacity, Found>(repeating: Found(key: .infinity, row: 0, network: 0))
  private var count = 0
  /// What is not nearer has no place in the list any more.
  private(set) var keyLimit = Double.infinity

  init(limit: Int) { self.limit = limit }

  /// The nearest first.
  var rows: [UInt32] { (0..<self.count).map { self.found[$0].row } }

  @inline(__always)
  mutating func insert(_ host: Found) {
    guard host.key < self.keyLimit else { return }
    if host.network != 0, !self.makeRoom(for: host) { return }
    // The last one makes room.
    var index = self.count < self.limit ? self.count : self.limit - 1
    self.count = index + 1
    while index > 0, self.found[index - 1].key > host.key {
      self.found[index] = self.found[index - 1]
      index -= 1
    }
    self.found[index] = host
    if self.count == self.limit { self.keyLimit = self.found[self.limit - 1].key }
  }

  /// Takes the farthest of a network out that has as many in the list as it may.
  ///
  /// - Returns: `false` if all of them are nearer than `host`.
  @inline(__always)
  private mutating func makeRoom(for host: Found) -> Bool {
    var (count, last) = (0, 0)
    for index in 0..<self.count where self.found[index].network == host.network {
      count += 1
      last = index
    }
    guard count == Matcher.networkLimit else { return true }
    guard self.found[last].key > host.key else { return false }
    self.count -= 1
    for index in last..<self.count { self.found[index] = self.found[index + 1] }
    return true
  }
}
