import IndexAPI

/// The tree of boxes.
extension Matcher {
  /// A row in the leaf where a host of that place belongs, not filled yet.
  mutating func makeRow(id: HostID, _ position: UnitVector?) -> Int {
    let entry = HostEntry(id: id, position: position)
    var node = position == nil ? 1 : 0
    var depth: UInt32 = 0
    while true {
      while !self.nodes[node].isLeaf {
        node = Int(self.nodes[node].first) + (self.isBelow(entry, self.nodes[node], depth) ? 0 : 1)
        depth += 1
      }
      guard self.nodes[node].count == TreeNode.leafCapacity else { break }
      self.split(node, depth)
    }
    defer { self.nodes[node].count += 1 }
    return Int(self.nodes[node].first) * TreeNode.leafCapacity + Int(self.nodes[node].count)
  }

  /// Takes a row out of its leaf; the table has forgotten its host.
  mutating func removeRow(_ row: Int) {
    let leaf = self.leaf(ofRow: row)
    self.nodes[leaf].count -= 1
    let last = Int(self.nodes[leaf].first) * TreeNode.leafCapacity + Int(self.nodes[leaf].count)
    self.clear(row: row)
    self.moveRow(from: last, to: row)
    self.refresh(from: self.merged(leaf))
  }

  /// Makes what the leaf of `row` and the boxes around it say of games true again, after a seat was taken or given back.
  mutating func refreshAvailability(row: Int) {
    let (leaf, block) = (self.leaf(ofRow: row), self.block(ofRow: row))
    let bit: UInt64 = 1 << UInt64(self.slot(ofRow: row))
    let mask = self.gameMask(row: row)
    var games = self.nodes[leaf].games
    if self.hosts[row].isAvailable {
      self.nodes[leaf].available |= bit
      games |= mask
    } else {
      self.nodes[leaf].available &= ~bit
      games = games & ~mask | self.games(block: block, available: self.nodes[leaf].available, asked: mask)
    }
    var node = leaf
    while self.nodes[node].games != games {
      self.nodes[node].games = games
      guard self.nodes[node].parent != .max else { return }
      node = Int(self.nodes[node].parent)
      let first = Int(self.nodes[node].first)
      games = self.nodes[first].games | self.nodes[first + 1].games
    }
  }

  private func isBelow(_ host: HostEntry, _ node: TreeNode, _ depth: UInt32) -> Bool {
    guard node.axis == TreeNode.anyAxis else { return host.position[Int(node.axis)] < node.split }
    return self.rows.hash(of: host.id) >> UInt64(depth & 31) & 1 == 0
  }

  /// Makes two leaves of a full one.
  private mutating func split(_ node: Int, _ depth: UInt32) {
    let block = Int(self.nodes[node].first)
    let axis = self.nodes[node].box.longestAxis
    let (lower, extent) = self.nodes[node].box[axis]
    let middle = lower + extent / 2
    // Two neighbouring numbers have no middle that both sides get a share of.
    let isPoint = !(middle > lower)
    let below = self.makeLeaves(parent: node, blocks: (UInt32(block), self.makeBlock()))
    let above = below + 1
    self.nodes[node].axis = isPoint ? TreeNode.anyAxis : UInt8(axis)
    self.nodes[node].split = middle
    self.nodes[node].first = UInt32(below)
    self.nodes[node].available = 0
    for row in block * TreeNode.leafCapacity..<(block + 1) * TreeNode.leafCapacity {
      let child = self.isBelow(self.hosts[row], self.nodes[node], depth) ? below : above
      self.moveRow(
        from: row,
        to: Int(self.nodes[child].first) * TreeNode.leafCapacity + Int(self.nodes[child].count)
      )
      self.nodes[child].count += 1
    }
    self.summarize(leaf: below)
    self.summarize(leaf: above)
  }

  /// Joins a leaf with its sibling when both are small.
  ///
  /// - Returns: the leaf that is there now.
  private mutating func merged(_ leaf: Int) -> Int {
    let parent = self.nodes[leaf].parent
    guard parent != .max else { return leaf }
    let first = Int(self.nodes[Int(parent)].first)
    let second = first + 1
    guard self.nodes[first].isLeaf, self.nodes[second].isLeaf else { return leaf }
    guard Int(self.nodes[first].count) + Int(self.nodes[second].count) <= TreeNode.leafCapacity / 2 else { return leaf }
    let (base, other) = (Int(self.nodes[first].first), Int(self.nodes[second].first))
    for index in 0..<Int(self.nodes[second].count) {
      let row = base * TreeNode.leafCapacity + Int(self.nodes[first].count)
      self.moveRow(from: other * TreeNode.leafCapacity + index, to: row)
      self.nodes[first].count += 1
    }
    self.nodes[Int(parent)].axis = TreeNode.leafAxis
    self.nodes[Int(parent)].first = UInt32(base)
    self.nodes[Int(parent)].available = 0
    self.nodes[Int(parent)].count = self.nodes[first].count
    self.blockLeaves[base] = parent
    self.freeBlocks.append(UInt32(other))
    (self.nodes[first].parent, self.nodes[second].parent) = (.max, .max)
    self.freeNodes.append(UInt32(first))
    return self.merged(Int(parent))
  }

  /// - Returns: the first of two leaves that follow one another.
  private mutating func makeLeaves(parent: Int, blocks: (UInt32, UInt32)) -> Int {
    let first = TreeNode(parent: UInt32(parent), first: blocks.0)
    let second = TreeNode(parent: UInt32(parent), first: blocks.1)
    if let node = self.freeNodes.popLast() {
      self.nodes[Int(node)] = first
      self.nodes[Int(node) + 1] = second
      (self.blockLeaves[Int(blocks.0)], self.blockLeaves[Int(blocks.1)]) = (node, node + 1)
      return Int(node)
    }
    let node = UInt32(self.nodes.count)
    (self.blockLeaves[Int(blocks.0)], self.blockLeaves[Int(blocks.1)]) = (node, node + 1)
    for leaf in [first, second] {
      Self.grow(&self.nodes)
      self.nodes.append(leaf)
      guard !self.nodeLandmarks.isEmpty else { continue }
      Self.grow(&self.nodeLandmarks)
      self.nodeLandmarks.append(LandmarkSlots.none)
    }
    return Int(node)
  }

  private mutating func makeBlock() -> UInt32 {
    if let block = self.freeBlocks.popLast() { return block }
    let block = self.blockLeaves.count
    Self.grow(&self.blockLeaves)
    self.blockLeaves.append(0)
    Self.grow(&self.hosts, by: TreeNode.leafCapacity)
    self.hosts.append(contentsOf: repeatElement(.nobody, count: TreeNode.leafCapacity))
    if !self.hostLandmarks.isEmpty {
      Self.grow(&self.hostLandmarks, by: TreeNode.leafCapacity)
      self.hostLandmarks.append(contentsOf: repeatElement(LandmarkSlots.none, count: TreeNode.leafCapacity))
    }
    if block % Self.blocksPerGroup == 0 { self.makeWordGroup() }
    return UInt32(block)
  }

  mutating func makeWordGroup() {
    let count = Self.blocksPerGroup * Self.wordsPerBlock
    Self.grow(&self.memberWords, by: count)
    self.memberWords.append(contentsOf: repeatElement(0, count: count))
  }
}
