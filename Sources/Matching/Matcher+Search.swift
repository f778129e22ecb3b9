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
    return self.nearest(search).map { self.candidate($0, game: game) }
  }

  /// `host` as a candidate, if it suits and has a seat.
  public func candidate(_ host: HostID, for request: MatchRequest) -> Candidate? {
    guard let game = self.games.number(of: request.game), let search = Search(request, game, self, 1) else {
      return nil
    }
    guard let row = self.rows.row(of: host, in: self.hosts), self.hosts[row].isAvailable else { return nil }
    guard search.suits(self.hosts[row]), self.isWarm(row: row, game: game) != nil else { return nil }
    let (key, isKnown) = self.estimate(row: row, search)
    return self.candidate(Found(key: key, row: UInt32(row), network: 0, isKnown: isKnown), game: game)
  }

  private func candidate(_ found: Found, game: UInt16) -> Candidate {
    let row = Int(found.row)
    return Candidate(
      host: self.hosts[row].id,
      estimatedMicroseconds: found.isKnown ? Int(found.key.rounded()) : nil,
      price: Int(self.hosts[row].price),
      reputation: Double(self.hosts[row].reputation) / 255,
      load: Double(self.hosts[row].load) / 255,
      freeSeats: self.hosts[row].freeSeats,
      isWarm: self.isWarm(row: row, game: game) ?? false
    )
  }

  /// Nearer children first; a box is left out as soon as nothing in it can be nearer than the last of a full list.
  private func nearest(_ search: Search) -> [Found] {
    var best = NearestList(limit: search.limit)
    var pending: [Pending] = []
    pending.reserveCapacity(64)
    for root in 0..<2 where self.nodes[root].games & search.gameMask != 0 {
      pending.append(self.pending(UInt32(root), search))
    }
    if pending.count == 2, pending[0].isFarther(than: pending[1]) == false { pending.swapAt(0, 1) }
    while let next = pending.popLast() {
      guard best.admits(next) else { continue }
      let node = Int(next.node)
      if self.nodes[node].isLeaf {
        self.visit(leaf: node, next.bits, search, &best)
        continue
      }
      let (first, second) = (self.nodes[node].first, self.nodes[node].second)
      let hasFirst = self.nodes[Int(first)].games & search.gameMask != 0
      let hasSecond = self.nodes[Int(second)].games & search.gameMask != 0
      switch (hasFirst, hasSecond) {
      case (true, true):
        let (one, other) = (self.pending(first, search), self.pending(second, search))
        pending.append(one.isFarther(than: other) ? one : other)
        pending.append(one.isFarther(than: other) ? other : one)
      case (true, false): pending.append(self.pending(first, search))
      case (false, true): pending.append(self.pending(second, search))
      case (false, false): break
      }
    }
    return best.found
  }

  private func visit(leaf: Int, _ members: UInt32, _ search: Search, _ best: inout NearestList) {
    let block = Int(self.nodes[leaf].first)
    var bits = members
    // Without a branch on what is read, the processor waits for all of them at once instead of for one after the other.
    let mayLack: UInt32 = self.moreGames.isEmpty ? 1 : 0
    var left = bits
    while left != 0 {
      let slot = left.trailingZeroBitCount
      left &= left - 1
      let row = Int(self.members[block * TreeNode.leafCapacity + slot])
      let host = self.hosts[row]
      let fails =
        (host.performanceClass < search.minimumClass ? 1 : 0) | (host.price > search.maximumPrice ? 1 : 0)
        | (host.reputation < search.minimumReputation ? 1 : 0) | (host.games.matches(search.game) == 0 ? mayLack : 0)
        as UInt32
      bits &= ~(fails << UInt32(slot))
    }
    while bits != 0 {
      let row = Int(self.members[block * TreeNode.leafCapacity + bits.trailingZeroBitCount])
      bits &= bits - 1
      guard search.avoid.isEmpty || !search.avoid.contains(self.hosts[row].id) else { continue }
      guard mayLack == 1 || self.isWarm(row: row, game: search.game) != nil else { continue }
      // Most hosts of a leaf are farther than the last of the list: that takes no more than a comparison to see.
      if !search.hasLandmarks, search.hasPlace, self.hosts[row].isPlaced {
        let chordSquared = self.hosts[row].position.chordSquared(to: search.position)
        guard chordSquared < best.chordSquaredLimit else { continue }
      }
      let (key, isKnown) = self.estimate(row: row, search)
      best.insert(Found(key: key, row: UInt32(row), network: self.hosts[row].network, isKnown: isKnown))
    }
  }

  private func estimate(row: Int, _ search: Search) -> (microseconds: Double, isKnown: Bool) {
    if search.hasLandmarks, !self.hostLandmarks.isEmpty,
      let byLandmark = LandmarkSlots.estimate(search.lanes, self.hostLandmarks[row])
    {
      return (Double(byLandmark), true)
    }
    guard search.hasPlace, self.hosts[row].isPlaced else { return (search.unknownMicroseconds, false) }
    let chordSquared = self.hosts[row].position.chordSquared(to: search.position)
    return (Geography.microseconds(chordSquared: chordSquared), true)
  }

  @inline(__always)
  private func pending(_ node: UInt32, _ search: Search) -> Pending {
    var pending = Pending(node: node, bits: 0, chordSquared: .infinity, microseconds: .infinity)
    if self.nodes[Int(node)].isLeaf {
      let block = Int(self.nodes[Int(node)].first)
      pending.bits = self.nodes[Int(node)].second & self.gameMembers[block * GameNames.bucketCount + search.bucket]
    }
    let isByLandmark = search.hasLandmarks && !self.nodeLandmarks.isEmpty
    if isByLandmark, let least = LandmarkSlots.estimate(search.lanes, self.nodeLandmarks[Int(node)]) {
      pending.microseconds = Double(least)
    }
    // Only if everybody in the box has a landmark in common with the player does its place say nothing.
    if isByLandmark, self.nodes[Int(node)].covered & search.knownLanes != 0 { return pending }
    if search.hasPlace, self.isPlaced(node) {
      pending.chordSquared = self.nodes[Int(node)].chordSquared(from: search.point)
    } else {
      pending.microseconds = min(pending.microseconds, search.unknownMicroseconds)
    }
    return pending
  }

  /// Hosts without a place are in the second tree, all in the Earth's centre.
  private func isPlaced(_ node: UInt32) -> Bool {
    self.nodes[Int(node)].upper != self.nodes[Int(node)].lower || self.nodes[Int(node)].upper != .zero
  }
}
