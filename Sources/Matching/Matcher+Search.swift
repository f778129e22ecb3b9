public import IndexAPI

/// The nearest that suit.
extension Matcher {
  /// At most this many candidates of one network, when there are to be few.
  static let networkLimit = 3

  /// Hosts that suit and have a seat, the smallest estimated round trip first; those of which it is not known come where
  /// ``MatchPolicy/unknownMicroseconds`` puts them.
  ///
  /// Exact: no host that is left out is nearer than the last one in the list, except those of a network that has three
  /// nearer ones in it. Which of several equally near ones are taken depends on nothing but the matcher's history.
  ///
  /// - Parameter limit: 1 ... 64.
  public func shortlist(for request: MatchRequest, limit: Int = 8) -> [Candidate] {
    guard let game = self.games.number(of: request.game), let search = Search(request, game, self, limit) else {
      return []
    }
    return self.nearest(search).map { self.candidate(row: $0, game: game, search) }
  }

  /// `host` as a candidate, if it suits and has a seat.
  public func candidate(_ host: HostID, for request: MatchRequest) -> Candidate? {
    guard let game = self.games.number(of: request.game), let search = Search(request, game, self, 1) else {
      return nil
    }
    guard let row = self.rows.row(of: host, in: self.hosts), self.hosts[row].isAvailable else { return nil }
    guard search.suits(self.hosts[row]), self.isWarm(row: row, game: game) != nil else { return nil }
    return self.candidate(row: row, game: game, search)
  }

  private func candidate(row: Int, game: UInt16, _ search: Search) -> Candidate {
    let (microseconds, isKnown) = self.estimate(row: row, search)
    let host = self.hosts[row]
    return Candidate(
      host: host.id,
      estimatedMicroseconds: isKnown ? Int(microseconds.rounded()) : nil,
      price: Int(host.price),
      reputation: Double(host.reputation) / 255,
      load: Double(host.load) / 255,
      freeSeats: host.freeSeats,
      isWarm: self.isWarm(row: row, game: game) ?? false
    )
  }

  /// Rows of the nearest.
  private func nearest(_ search: Search) -> [Int] {
    var best = NearestList(limit: search.limit)
    var pending = Array(repeating: Pending.nobody, count: 48)
    for root in 0..<2 {
      self.look(from: UInt32(root), isPlaced: root == 0 && search.hasPlace, search, &pending, &best)
    }
    return best.found.map { Int($0.row) }
  }

  /// Nearer children first; a box is left out as soon as nothing in it can be nearer than the last of a full list.
  ///
  /// Hosts without a place are in a tree of their own.
  private func look(
    from root: UInt32,
    isPlaced: Bool,
    _ search: Search,
    _ pending: inout [Pending],
    _ best: inout NearestList
  ) {
    pending[0] = self.pending(root, isPlaced: isPlaced, search)
    var count = 1
    while count > 0 {
      count -= 1
      let next = pending[count]
      guard next.key < best.keyLimit else { continue }
      guard next.members == 0 else {
        self.visit(block: Int(next.first), next.members, isPlaced: isPlaced, search, &best)
        continue
      }
      if count + 2 > pending.count { pending += Array(repeating: Pending.nobody, count: pending.count) }
      let one = self.pending(next.first, isPlaced: isPlaced, search)
      let other = self.pending(next.first + 1, isPlaced: isPlaced, search)
      // Both are written and some of them counted: which child is nearer no branch prediction knows.
      let isFarther = one.key > other.key
      let (near, far) = (isFarther ? other : one, isFarther ? one : other)
      pending[count] = far
      count += far.key < best.keyLimit ? 1 : 0
      pending[count] = near
      count += near.key < best.keyLimit ? 1 : 0
    }
  }

  @inline(__always)
  private func pending(_ index: UInt32, isPlaced: Bool, _ search: Search) -> Pending {
    let node = self.nodes[Int(index)]
    guard node.games & search.gameMask != 0 else { return .nobody }
    var pending = Pending(first: node.first, members: 0, key: 0)
    if node.isLeaf {
      pending.members =
        node.available & self.gameMembers[Self.gameIndex(block: Int(node.first), bucket: search.bucket)]
        & node.members(ofClass: search.minimumClass)
      guard pending.members != 0 else { return .nobody }
    }
    guard search.goesByLandmarks else {
      pending.key = isPlaced ? Double(node.box.chordSquared(from: search.position)) : search.unknownKey
      return pending
    }
    pending.key = LandmarkSlots.estimate(search.lanes, self.nodeLandmarks[Int(index)]).map { Double($0) } ?? .infinity
    // Only if everybody in the box has a landmark in common with the player does its place say nothing.
    guard node.covered & search.knownLanes == 0 else { return pending }
    let byPlace =
      isPlaced
      ? Geography.leastMicroseconds(chordSquared: node.box.chordSquared(from: search.position)) : search.unknownKey
    pending.key = min(pending.key, byPlace)
    return pending
  }

  private func visit(
    block: Int,
    _ members: UInt32,
    isPlaced: Bool,
    _ search: Search,
    _ best: inout NearestList
  ) {
    let base = block * TreeNode.leafCapacity
    let goesByPlace = isPlaced && !search.goesByLandmarks
    var bits = members
    // Without a branch on what is read, the processor waits for all of them at once instead of for one after the other.
    let mayLack: UInt32 = self.moreGames.isEmpty ? 1 : 0
    let (misplaced, keyLimit): (UInt32, Double) = (goesByPlace ? 1 : 0, best.keyLimit)
    var left = bits
    while left != 0 {
      let slot = left.trailingZeroBitCount
      left &= left - 1
      let host = self.hosts[base + slot]
      // Most hosts of a leaf are farther than the last of the list.
      let key = Double(host.position.chordSquared(to: search.position))
      let fails =
        (host.performanceClass < search.minimumClass ? 1 : 0) | (host.price > search.maximumPrice ? 1 : 0)
        | (host.reputation < search.minimumReputation ? 1 : 0) | (host.games.matches(search.game) == 0 ? mayLack : 0)
        | (key < keyLimit ? 0 : misplaced) as UInt32
      bits &= ~(fails << UInt32(slot))
    }
    while bits != 0 {
      let row = base + bits.trailingZeroBitCount
      bits &= bits - 1
      guard search.avoid.isEmpty || !search.avoid.contains(self.hosts[row].id) else { continue }
      guard mayLack == 1 || self.isWarm(row: row, game: search.game) != nil else { continue }
      let key =
        if goesByPlace {
          Double(self.hosts[row].position.chordSquared(to: search.position))
        } else if search.goesByLandmarks {
          self.estimate(row: row, search).microseconds
        } else {
          search.unknownKey
        }
      best.insert(Found(key: key, row: UInt32(row), network: self.hosts[row].network))
    }
  }

  private func estimate(row: Int, _ search: Search) -> (microseconds: Double, isKnown: Bool) {
    if search.goesByLandmarks, let byLandmark = LandmarkSlots.estimate(search.lanes, self.hostLandmarks[row]) {
      return (Double(byLandmark), true)
    }
    guard search.hasPlace, self.hosts[row].isPlaced else { return (Double(self.policy.unknownMicroseconds), false) }
    let chordSquared = self.hosts[row].position.chordSquared(to: search.position)
    return (Geography.microseconds(chordSquared: chordSquared), true)
  }
}
