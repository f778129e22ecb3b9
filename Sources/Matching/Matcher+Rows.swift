import IndexAPI

extension HostEntry {
  /// - Parameter fraction: 0 ... 1; beyond, the nearest of the two.
  static func byte(_ fraction: Double) -> UInt8 { UInt8(max(0, min(1, fraction)) * 255 + 0.5) }
}

/// What a row holds. A leaf's rows follow one another, so that a search finds them without looking them up.
extension Matcher {
  func block(ofRow row: Int) -> Int { row / TreeNode.leafCapacity }
  func slot(ofRow row: Int) -> Int { row % TreeNode.leafCapacity }
  /// The node that the row is in.
  func leaf(ofRow row: Int) -> Int { Int(self.blockLeaves[self.block(ofRow: row)]) }

  /// Writes what is known of the host that has the row.
  mutating func fill(row: Int, _ facts: HostFacts, _ position: UnitVector?) {
    var entry = HostEntry(id: facts.id, position: position)
    entry.price = UInt32(clamping: facts.price)
    entry.network = facts.network
    entry.seats = UInt8(clamping: facts.seats)
    entry.usedSeats = UInt8(clamping: facts.usedSeats)
    entry.load = HostEntry.byte(facts.load)
    entry.reputation = HostEntry.byte(facts.reputation)
    entry.performanceClass = UInt8(facts.performanceClass.rawValue)
    entry.flags |= HostEntry.isPresentFlag
    if facts.isMatchable { entry.flags |= HostEntry.isMatchableFlag }
    var more: [UInt16] = []
    for (index, game) in facts.games.enumerated() {
      guard let number = self.games.use(game.name) else { continue }
      let marked = game.isWarm ? number | GameLanes.warmBit : number
      if index < GameLanes.count { entry.games[index] = marked } else { more.append(marked) }
    }
    if !more.isEmpty {
      entry.flags |= HostEntry.hasMoreGamesFlag
      self.moreGames[row] = more
    }
    self.hosts[row] = entry
  }

  /// Moves a host to a row that has none.
  mutating func moveRow(from old: Int, to new: Int) {
    guard old != new else { return }
    self.hosts[new] = self.hosts[old]
    if self.hosts[new].flags & HostEntry.hasMoreGamesFlag != 0 {
      self.moreGames[new] = self.moreGames.removeValue(forKey: old)
    }
    if !self.hostLandmarks.isEmpty { self.hostLandmarks[new] = self.hostLandmarks[old] }
    self.clear(row: old)
    self.rows.move(from: old, to: new, in: self.hosts)
  }

  mutating func clear(row: Int) {
    self.hosts[row] = .nobody
    if !self.hostLandmarks.isEmpty { self.hostLandmarks[row] = LandmarkSlots.none }
  }

  mutating func releaseGames(row: Int) {
    for lane in 0..<GameLanes.count where self.hosts[row].games[lane] != 0 {
      self.games.release(self.hosts[row].games[lane] & ~GameLanes.warmBit)
    }
    guard self.hosts[row].flags & HostEntry.hasMoreGamesFlag != 0 else { return }
    for game in self.moreGames.removeValue(forKey: row) ?? [] { self.games.release(game & ~GameLanes.warmBit) }
  }

  /// Whether a stage of the game stands ready; `nil` if the host does not have it.
  func isWarm(row: Int, game: UInt16) -> Bool? {
    if self.hosts[row].games.matches(game) != 0 { return self.hosts[row].games.isWarm(game) }
    guard self.hosts[row].flags & HostEntry.hasMoreGamesFlag != 0 else { return nil }
    return self.moreGames[row]?.first { $0 & ~GameLanes.warmBit == game }.map { $0 & GameLanes.warmBit != 0 }
  }

  /// Where a block has its members with a game of a bucket or, in two more buckets, those of a class. Blocks that follow
  /// one another have theirs side by side: a search asks all of them for the same buckets.
  @inline(__always)
  static func wordIndex(block: Int, bucket: Int) -> Int {
    (block / Self.blocksPerGroup * Self.wordsPerBlock + bucket) * Self.blocksPerGroup + block % Self.blocksPerGroup
  }

  static let blocksPerGroup = 8
  static let wordsPerBlock = GameNames.bucketCount + 2
  /// Members of an odd class, and those of the second and above.
  private static let (oddBucket, highBucket) = (GameNames.bucketCount, GameNames.bucketCount + 1)

  mutating func clearWords(block: Int) {
    for bucket in 0..<Self.wordsPerBlock { self.memberWords[Self.wordIndex(block: block, bucket: bucket)] = 0 }
  }

  /// Enters the games of a leaf's member in the leaf's block.
  mutating func addGames(row: Int) {
    let block = self.block(ofRow: row)
    let bit: UInt64 = 1 << UInt64(self.slot(ofRow: row))
    for lane in 0..<GameLanes.count where self.hosts[row].games[lane] != 0 {
      let bucket = GameNames.bucket(of: self.hosts[row].games[lane])
      self.memberWords[Self.wordIndex(block: block, bucket: bucket)] |= bit
    }
    guard self.hosts[row].flags & HostEntry.hasMoreGamesFlag != 0 else { return }
    for game in self.moreGames[row] ?? [] {
      self.memberWords[Self.wordIndex(block: block, bucket: GameNames.bucket(of: game))] |= bit
    }
  }

  /// Enters the class of a leaf's member in the leaf's block. Only 0 ... 3 are told apart: more than that counts as 3.
  mutating func addClass(row: Int) {
    let block = self.block(ofRow: row)
    let bit: UInt64 = 1 << UInt64(self.slot(ofRow: row))
    let known = min(self.hosts[row].performanceClass, 3)
    if known & 1 != 0 { self.memberWords[Self.wordIndex(block: block, bucket: Self.oddBucket)] |= bit }
    if known & 2 != 0 { self.memberWords[Self.wordIndex(block: block, bucket: Self.highBucket)] |= bit }
  }

  /// Members of a block, a bit each: all that are at least of a class, and perhaps some that are not.
  @inline(__always)
  static func members(ofClass minimumClass: UInt8, block: Int, _ words: Span<UInt64>) -> UInt64 {
    guard minimumClass > 0 else { return .max }
    let odd = words[Self.wordIndex(block: block, bucket: Self.oddBucket)]
    let high = words[Self.wordIndex(block: block, bucket: Self.highBucket)]
    switch minimumClass {
    case 1: return odd | high
    case 2: return high
    default: return odd & high
    }
  }

  /// Of the buckets in `asked`, those whose games some member of a block in `available` has.
  func games(block: Int, available: UInt64, asked: UInt64 = .max) -> UInt64 {
    var games: UInt64 = 0
    var left = asked & (1 << UInt64(GameNames.bucketCount) - 1)
    while left != 0 {
      let bucket = left.trailingZeroBitCount
      left &= left - 1
      let hasGame: UInt64 = self.memberWords[Self.wordIndex(block: block, bucket: bucket)] & available != 0 ? 1 : 0
      games |= hasGame << UInt64(bucket)
    }
    return games
  }

  /// The buckets of a host's games.
  func gameMask(row: Int) -> UInt64 {
    var mask: UInt64 = 0
    for lane in 0..<GameLanes.count where self.hosts[row].games[lane] != 0 {
      mask |= GameNames.mask(of: self.hosts[row].games[lane])
    }
    guard self.hosts[row].flags & HostEntry.hasMoreGamesFlag != 0 else { return mask }
    return (self.moreGames[row] ?? []).reduce(mask) { $0 | GameNames.mask(of: $1) }
  }

  /// An eighth at a time: doubling would leave half of the memory unused.
  static func grow<Element>(_ array: inout [Element], by count: Int = 1) {
    guard array.count + count > array.capacity else { return }
    array.reserveCapacity(array.count + max(64, count, array.count / 8))
  }
}
