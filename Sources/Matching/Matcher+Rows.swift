import IndexAPI

extension HostEntry {
  /// - Parameter fraction: 0 ... 1; beyond, the nearest of the two.
  static func byte(_ fraction: Double) -> UInt8 { UInt8(max(0, min(1, fraction)) * 255 + 0.5) }
}

/// What a row holds.
extension Matcher {
  mutating func makeRow(id: HostID) -> Int {
    let entry = HostEntry(
      id: id,
      x: 0,
      y: 0,
      z: 0,
      price: 0,
      network: 0,
      leaf: 0,
      seats: 0,
      usedSeats: 0,
      load: 0,
      reputation: 0,
      flags: 0,
      slot: 0,
      performanceClass: 0
    )
    if let row = self.freeRows.popLast() {
      self.hosts[Int(row)] = entry
      return Int(row)
    }
    Self.grow(&self.hosts)
    self.hosts.append(entry)
    if !self.hostLandmarks.isEmpty {
      Self.grow(&self.hostLandmarks)
      self.hostLandmarks.append(LandmarkSlots.none)
    }
    return self.hosts.count - 1
  }

  mutating func fill(row: Int, _ facts: HostFacts, _ position: UnitVector?) {
    var entry = self.hosts[row]
    (entry.x, entry.y, entry.z) = (position?.x ?? 0, position?.y ?? 0, position?.z ?? 0)
    entry.price = UInt32(clamping: facts.price)
    entry.network = facts.network
    entry.seats = UInt8(clamping: facts.seats)
    entry.usedSeats = UInt8(clamping: facts.usedSeats)
    entry.load = HostEntry.byte(facts.load)
    entry.reputation = HostEntry.byte(facts.reputation)
    entry.performanceClass = UInt8(facts.performanceClass.rawValue)
    entry.flags = facts.isMatchable ? HostEntry.isMatchableFlag : 0
    if position != nil { entry.flags |= HostEntry.isPlacedFlag }
    entry.games = GameLanes()
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

  /// Enters the games of a leaf's member in the leaf's block.
  mutating func addGames(row: Int, slot: Int, block: Int) {
    let base = block * GameNames.bucketCount
    let bit: UInt32 = 1 << UInt32(slot)
    for lane in 0..<GameLanes.count where self.hosts[row].games[lane] != 0 {
      self.gameMembers[base + GameNames.bucket(of: self.hosts[row].games[lane])] |= bit
    }
    guard self.hosts[row].flags & HostEntry.hasMoreGamesFlag != 0 else { return }
    for game in self.moreGames[row] ?? [] { self.gameMembers[base + GameNames.bucket(of: game)] |= bit }
  }

  /// The games of those members of a block who are in `available`.
  func games(block: Int, available: UInt32) -> UInt32 {
    let base = block * GameNames.bucketCount
    var games: UInt32 = 0
    for bucket in 0..<GameNames.bucketCount where self.gameMembers[base + bucket] & available != 0 {
      games |= 1 << UInt32(bucket)
    }
    return games
  }

  /// An eighth at a time: doubling would leave half of the memory unused.
  static func grow<Element>(_ array: inout [Element]) {
    guard array.count == array.capacity else { return }
    array.reserveCapacity(array.count + max(64, array.count / 8))
  }
}
