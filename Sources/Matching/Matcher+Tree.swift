import IndexAPI

/// The tree of boxes.
extension Matcher {
  mutating func enterTree(row: Int) {
    var node = self.hosts[row].isPlaced ? 0 : 1
    var depth: UInt32 = 0
    while true {
      while !self.nodes[node].isLeaf {
        node = Int(self.isBelow(row, self.nodes[node], depth) ? self.nodes[node].first : self.nodes[node].second)
        depth += 1
      }
      guard self.nodes[node].count == TreeNode.leafCapacity else { break }
      self.split(node, depth)
    }
    let slot = self.nodes[node].count
    self.members[Int(self.nodes[node].first) * TreeNode.leafCapacity + Int(slot)] = UInt32(row)
    self.nodes[node].count += 1
    self.hosts[row].leaf = UInt32(node)
    self.hosts[row].slot = slot
    self.refresh(from: node)
  }

  mutating func leaveTree(row: Int) {
    let leaf = Int(self.hosts[row].leaf)
    let base = Int(self.nodes[leaf].first) * TreeNode.leafCapacity
    self.nodes[leaf].count -= 1
    let last = Int(self.members[base + Int(self.nodes[leaf].count)])
    self.members[base + Int(self.hosts[row].slot)] = UInt32(last)
    self.hosts[last].slot = self.hosts[row].slot
    self.refresh(from: self.merged(leaf))
  }

  /// Makes what the leaf of `row` and the boxes around it say of games true again, after a seat was taken or given back.
  mutating func refreshAvailability(row: Int) {
    let leaf = Int(self.hosts[row].leaf)
    let bit: UInt32 = 1 << UInt32(self.hosts[row].slot)
    if self.hosts[row].isAvailable { self.nodes[leaf].second |= bit } else { self.nodes[leaf].second &= ~bit }
    var node = leaf
    var games = self.games(block: Int(self.nodes[leaf].first), available: self.nodes[leaf].second)
    while self.nodes[node].games != games {
      self.nodes[node].games = games
      guard self.nodes[node].parent != .max else { return }
      node = Int(self.nodes[node].parent)
      games = self.nodes[Int(self.nodes[node].first)].games | self.nodes[Int(self.nodes[node].second)].games
    }
  }

  private func isBelow(_ row: Int, _ node: TreeNode, _ depth: UInt32) -> Bool {
    switch node.axis {
    case 0: self.hosts[row].x < node.split
    case 1: self.hosts[row].y < node.split
    case 2: self.hosts[row].z < node.split
    default: (UInt32(row) &* 0x9E37_79B1) >> (depth & 31) & 1 == 0
    }
  }

  /// Makes two leaves of a full one.
  private mutating func split(_ node: Int, _ depth: UInt32) {
    let base = Int(self.nodes[node].first) * TreeNode.leafCapacity
    let rows = self.members[base..<base + TreeNode.leafCapacity].map { Int($0) }
    let extent = self.nodes[node].upper - self.nodes[node].lower
    var axis = 0
    for other in 1..<3 where extent[other] > extent[axis] { axis = other }
    let middle = self.nodes[node].lower[axis] + extent[axis] / 2
    // Two neighbouring numbers have no middle that both sides get a share of.
    let isPoint = !(middle > self.nodes[node].lower[axis])
    let below = self.makeLeaf(parent: node, block: self.nodes[node].first)
    let above = self.makeLeaf(parent: node, block: self.makeBlock())
    self.nodes[node].axis = isPoint ? TreeNode.anyAxis : UInt8(axis)
    self.nodes[node].split = middle
    self.nodes[node].first = UInt32(below)
    self.nodes[node].second = UInt32(above)
    for row in rows {
      let child = self.isBelow(row, self.nodes[node], depth) ? below : above
      let slot = self.nodes[child].count
      self.members[Int(self.nodes[child].first) * TreeNode.leafCapacity + Int(slot)] = UInt32(row)
      self.nodes[child].count += 1
      self.hosts[row].leaf = UInt32(child)
      self.hosts[row].slot = slot
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
    let (first, second) = (Int(self.nodes[Int(parent)].first), Int(self.nodes[Int(parent)].second))
    guard self.nodes[first].isLeaf, self.nodes[second].isLeaf else { return leaf }
    guard Int(self.nodes[first].count) + Int(self.nodes[second].count) <= TreeNode.leafCapacity / 2 else { return leaf }
    let (base, other) = (Int(self.nodes[first].first), Int(self.nodes[second].first))
    for index in 0..<Int(self.nodes[second].count) {
      let row = self.members[other * TreeNode.leafCapacity + index]
      self.members[base * TreeNode.leafCapacity + Int(self.nodes[first].count)] = row
      self.nodes[first].count += 1
    }
    self.nodes[Int(parent)].axis = TreeNode.leafAxis
    self.nodes[Int(parent)].first = UInt32(base)
    self.nodes[Int(parent)].second = 0
    self.nodes[Int(parent)].count = self.nodes[first].count
    for index in 0..<Int(self.nodes[first].count) {
      let row = Int(self.members[base * TreeNode.leafCapacity + index])
      self.hosts[row].leaf = parent
      self.hosts[row].slot = UInt8(index)
    }
    self.freeBlocks.append(UInt32(other))
    self.freeNodes.append(UInt32(first))
    self.freeNodes.append(UInt32(second))
    return self.merged(Int(parent))
  }

  private mutating func makeLeaf(parent: Int, block: UInt32) -> Int {
    let leaf = TreeNode(parent: UInt32(parent), first: block)
    if let node = self.freeNodes.popLast() {
      self.nodes[Int(node)] = leaf
      return Int(node)
    }
    Self.grow(&self.nodes)
    self.nodes.append(leaf)
    if !self.nodeLandmarks.isEmpty {
      Self.grow(&self.nodeLandmarks)
      self.nodeLandmarks.append(LandmarkSlots.none)
    }
    return self.nodes.count - 1
  }

  private mutating func makeBlock() -> UInt32 {
    if let block = self.freeBlocks.popLast() { return block }
    let block = UInt32(self.members.count / TreeNode.leafCapacity)
    if self.members.count + TreeNode.leafCapacity > self.members.capacity {
      self.members.reserveCapacity(self.members.count + max(4 * TreeNode.leafCapacity, self.members.count / 8))
    }
    self.members.append(contentsOf: repeatElement(0, count: TreeNode.leafCapacity))
    self.gameMembers.reserveCapacity(self.members.capacity)
    self.gameMembers.append(contentsOf: repeatElement(0, count: GameNames.bucketCount))
    return block
  }
}
