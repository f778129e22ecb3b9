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
    let rows = self.nearest(search)
    var candidates: [Candidate] = []
    candidates.reserveCapacity(rows.count)
    for row in rows { candidates.append(self.candidate(row: Int(row), game: game, search)) }
    return candidates
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
      // It is not negative.
      estimatedMicroseconds: isKnown ? Int(microseconds + 0.5) : nil,
      price: Int(host.price),
      reputation: Double(host.reputation) / 255,
      load: Double(host.load) / 255,
      freeSeats: host.freeSeats,
      isWarm: self.isWarm(row: row, game: game) ?? false
    )
  }

  /// Rows of the nearest.
  private func nearest(_ search: Search) -> [UInt32] {
    if search.limit <= Self.shortlistCount {
      var best = NearestList<8>(limit: search.limit)
      self.look(search, &best)
      return best.rows
    }
    var best = NearestList<64>(limit: search.limit)
    self.look(search, &best)
    return best.rows
  }

  @inline(__always)
  private func look<let capacity: Int>(_ search: Search, _ best: inout NearestList<capacity>) {
    var pending = PendingBoxes()
    if search.hasPlace, !search.goesByLandmarks {
      self.look(from: 0, ByPlace(search), search, &pending, &best)
    } else {
      self.look(from: 0, ByLandmarks(search, self, isPlaced: search.hasPlace), search, &pending, &best)
    }
    // Hosts without a place are in a tree of their own.
    self.look(from: 1, ByLandmarks(search, self, isPlaced: false), search, &pending, &best)
  }

  /// Nearer children first; a box is left out as soon as nothing in it can be nearer than the last of a full list.
  @inline(__always)
  private func look<let capacity: Int>(
    from root: UInt32,
    _ rule: some KeyRule,
    _ search: Search,
    _ pending: inout PendingBoxes,
    _ best: inout NearestList<capacity>
  ) {
    // Spans, so that nothing in these loops counts references.
    let (nodes, words, hosts) = (self.nodes.span, self.memberWords.span, self.hosts.span)
    let hasMoreGames = !self.moreGames.isEmpty
    pending.push(Self.pending(root, nodes, words, rule, search))
    while let next = pending.pop() {
      guard next.key < best.keyLimit else { continue }
      guard next.members == 0 else {
        let suitable = Self.suitable(Int(next.first), next.members, hosts, rule, search, hasMoreGames, best.keyLimit)
        self.offer(block: Int(next.first), suitable, rule, search, hasMoreGames, &best)
        continue
      }
      let one = Self.pending(next.first, nodes, words, rule, search)
      let other = Self.pending(next.first + 1, nodes, words, rule, search)
      // Both are written and some of them counted: which child is nearer no branch prediction knows.
      let isFarther = one.key > other.key
      let (near, far) = (isFarther ? other : one, isFarther ? one : other)
      pending.push(far, if: far.key < best.keyLimit)
      pending.push(near, if: near.key < best.keyLimit)
    }
  }

  @inline(__always)
  private static func pending(
    _ index: UInt32,
    _ nodes: Span<TreeNode>,
    _ memberWords: Span<UInt64>,
    _ rule: some KeyRule,
    _ search: Search
  ) -> Pending {
    let node = nodes[Int(index)]
    guard node.games & search.gameMask != 0 else { return .nobody }
    var pending = Pending(first: node.first, members: 0, key: 0)
    if node.isLeaf {
      pending.members =
        node.available & memberWords[Self.wordIndex(block: Int(node.first), bucket: search.bucket)]
        & Self.members(ofClass: search.minimumClass, block: Int(node.first), memberWords)
      guard pending.members != 0 else { return .nobody }
    }
    pending.key = rule.least(in: node, Int(index))
    return pending
  }

  /// Members of a block that suit, and that are near enough as far as their place alone tells.
  @inline(__always)
  private static func suitable(
    _ block: Int,
    _ members: UInt64,
    _ hosts: Span<HostEntry>,
    _ rule: some KeyRule,
    _ search: Search,
    _ hasMoreGames: Bool,
    _ keyLimit: Double
  ) -> UInt64 {
    var (bits, left) = (members, members)
    // Without a branch on what is read, the processor waits for all of them at once instead of for one after the other.
    let mayLack: UInt64 = hasMoreGames ? 0 : 1
    while left != 0 {
      let slot = left.trailingZeroBitCount
      left &= left - 1
      let host = hosts[block * TreeNode.leafCapacity + slot]
      // Most hosts of a leaf are farther than the last of the list.
      let fails =
        (host.performanceClass < search.minimumClass ? 1 : 0) | (host.price > search.maximumPrice ? 1 : 0)
        | (host.reputation < search.minimumReputation ? 1 : 0) | (host.games.matches(search.game) == 0 ? mayLack : 0)
        | (rule.isFarther(host, than: keyLimit) ? 1 : 0) as UInt64
      bits &= ~(fails << UInt64(slot))
    }
    return bits
  }

  @inline(__always)
  private func offer<let capacity: Int>(
    block: Int,
    _ members: UInt64,
    _ rule: some KeyRule,
    _ search: Search,
    _ hasMoreGames: Bool,
    _ best: inout NearestList<capacity>
  ) {
    var bits = members
    while bits != 0 {
      let row = block * TreeNode.leafCapacity + bits.trailingZeroBitCount
      bits &= bits - 1
      let host = self.hosts[row]
      guard !search.avoids || !search.avoid.contains(host.id) else { continue }
      guard !hasMoreGames || self.isWarm(row: row, game: search.game) != nil else { continue }
      best.insert(Found(key: rule.key(of: host, row), row: UInt32(row), network: host.network))
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
