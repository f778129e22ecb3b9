public import IndexAPI

/// Every host of the network in memory, and the nearest that suits, at once.
///
/// Hosts are in a tree of boxes on the unit sphere; each box knows which games somebody in it could start now, so full
/// ones and those without the game are skipped whole. What changes all the time (seats, state, load, warmth) is
/// constant work; registering and moving is logarithmic. Nothing here waits or asks for the time; one owner at a time.
public struct Matcher: Sendable {
  public var policy: MatchPolicy

  /// ``TreeNode/leafCapacity`` rows to a leaf, the first of them with hosts.
  var hosts = [HostEntry](repeating: .nobody, count: 2 * TreeNode.leafCapacity)
  /// Round trips to landmarks, by row; empty until a host has told any.
  var hostLandmarks: [SIMD8<UInt16>] = []
  /// Games of those few hosts that have more than eight, by row.
  var moreGames: [Int: [UInt16]] = [:]
  var rows: RowTable
  var games = GameNames()
  var slots = LandmarkSlots()

  /// The first has the hosts with a place, the second those without.
  var nodes = [TreeNode(parent: .max, first: 0), TreeNode(parent: .max, first: 1)]
  /// The least of each lane over a node's members; empty while ``hostLandmarks`` is.
  var nodeLandmarks: [SIMD8<UInt16>] = []
  /// Which leaf has a block of rows; unused blocks say what they like.
  var blockLeaves: [UInt32] = [0, 1]
  /// Which members of a leaf have a game of a bucket, or are of a class, a bit each; see ``wordIndex(block:bucket:)``.
  var memberWords = [UInt64](repeating: 0, count: Matcher.blocksPerGroup * Matcher.wordsPerBlock)
  /// The first of each two.
  var freeNodes: [UInt32] = []
  var freeBlocks: [UInt32] = []

  /// - Parameter salt: anything that those who register hosts do not know.
  public init(policy: MatchPolicy = MatchPolicy(), salt: UInt64 = 0) {
    self.policy = policy
    self.rows = RowTable(salt: salt)
  }

  public var hostCount: Int { self.rows.count }

  public private(set) var freeSeats = 0

  public func contains(_ host: HostID) -> Bool { self.rows.row(of: host, in: self.hosts) != nil }

  /// Whether the host takes players and has a seat free.
  public func isAvailable(_ host: HostID) -> Bool {
    self.rows.row(of: host, in: self.hosts).map { self.hosts[$0].isAvailable } ?? false
  }

  /// Memory held for hosts, indexes included.
  public var byteCount: Int {
    self.hosts.capacity * MemoryLayout<HostEntry>.stride + self.rows.byteCount
      + (self.hostLandmarks.capacity + self.nodeLandmarks.capacity) * MemoryLayout<SIMD8<UInt16>>.stride
      + self.nodes.capacity * MemoryLayout<TreeNode>.stride
      + self.memberWords.capacity * MemoryLayout<UInt64>.stride
      + (self.blockLeaves.capacity + self.freeNodes.capacity + self.freeBlocks.capacity) * MemoryLayout<UInt32>.stride
      + self.moreGames.values.reduce(0) { $0 + $1.capacity * 2 + 64 }
  }

  /// Adds a host, or replaces all that is known of it.
  public mutating func upsert(_ facts: HostFacts) {
    let position = facts.place.map { UnitVector($0) }
    if let row = self.rows.row(of: facts.id, in: self.hosts),
      position == (self.hosts[row].isPlaced ? self.hosts[row].position : nil)
    {
      self.freeSeats -= self.hosts[row].freeSeats
      self.releaseGames(row: row)
      self.fill(row: row, facts, position)
      self.freeSeats += self.hosts[row].freeSeats
      self.refresh(from: self.leaf(ofRow: row))
    } else {
      self.remove(facts.id)
      let row = self.makeRow(id: facts.id, position)
      self.fill(row: row, facts, position)
      self.rows.insert(row: row, in: self.hosts)
      self.freeSeats += self.hosts[row].freeSeats
      self.refresh(from: self.leaf(ofRow: row))
    }
    self.setLandmarks(facts.id, facts.landmarks)
  }

  /// Forgets a host; unknown ones are none of its business.
  public mutating func remove(_ host: HostID) {
    guard let row = self.rows.row(of: host, in: self.hosts) else { return }
    self.freeSeats -= self.hosts[row].freeSeats
    self.releaseGames(row: row)
    self.rows.remove(host, in: self.hosts)
    self.removeRow(row)
  }

  /// - Parameters:
  ///   - offered: sessions that the host gives its word for, 0 ... 255.
  ///   - used: sessions reserved or running, 0 ... 255.
  public mutating func setSeats(_ host: HostID, offered: Int, used: Int) {
    self.change(host) { entry in
      entry.seats = UInt8(clamping: offered)
      entry.usedSeats = UInt8(clamping: used)
    }
  }

  /// Takes a seat in memory.
  ///
  /// - Returns: `false` if there is none.
  public mutating func take(_ host: HostID) -> Bool {
    guard let row = self.rows.row(of: host, in: self.hosts), self.hosts[row].isAvailable else { return false }
    self.change(row: row) { $0.usedSeats += 1 }
    return true
  }

  /// Gives a seat back in memory.
  public mutating func giveBack(_ host: HostID) {
    self.change(host) { $0.usedSeats = $0.usedSeats > 0 ? $0.usedSeats - 1 : 0 }
  }

  /// Nobody else gets a seat there until ``setSeats(_:offered:used:)`` says that there is one.
  public mutating func markFull(_ host: HostID) {
    self.change(host) { $0.usedSeats = max($0.usedSeats, $0.seats) }
  }

  public mutating func setMatchable(_ host: HostID, _ isMatchable: Bool) {
    self.change(host) { entry in
      entry.flags = isMatchable ? entry.flags | HostEntry.isMatchableFlag : entry.flags & ~HostEntry.isMatchableFlag
    }
  }

  /// - Parameter load: 0 ... 1.
  public mutating func setLoad(_ host: HostID, _ load: Double) {
    guard let row = self.rows.row(of: host, in: self.hosts) else { return }
    self.hosts[row].load = HostEntry.byte(load)
  }

  /// Whether a stage of `game` stands ready; a game that the host does not have stays away.
  public mutating func setWarm(_ host: HostID, game: String, _ isWarm: Bool) {
    guard let row = self.rows.row(of: host, in: self.hosts), let number = self.games.number(of: game) else { return }
    for lane in 0..<GameLanes.count where self.hosts[row].games[lane] & ~GameLanes.warmBit == number {
      self.hosts[row].games[lane] = isWarm ? number | GameLanes.warmBit : number
    }
    guard self.hosts[row].flags & HostEntry.hasMoreGamesFlag != 0 else { return }
    self.moreGames[row] = self.moreGames[row]?.map { marked in
      marked & ~GameLanes.warmBit == number ? (isWarm ? number | GameLanes.warmBit : number) : marked
    }
  }

  /// Changes what seats depend on, and what the tree says of it.
  private mutating func change(_ host: HostID, _ body: (inout HostEntry) -> Void) {
    guard let row = self.rows.row(of: host, in: self.hosts) else { return }
    self.change(row: row, body)
  }

  private mutating func change(row: Int, _ body: (inout HostEntry) -> Void) {
    let (before, wasAvailable) = (self.hosts[row].freeSeats, self.hosts[row].isAvailable)
    body(&self.hosts[row])
    self.freeSeats += self.hosts[row].freeSeats - before
    if self.hosts[row].isAvailable != wasAvailable { self.refreshAvailability(row: row) }
  }
}
