import IndexAPI

/// What boxes know of what is in them.
extension Matcher {
  /// Makes a leaf and the boxes around it say what is true of their members again.
  mutating func refresh(from leaf: Int) {
    self.summarize(leaf: leaf)
    var node = self.nodes[leaf].parent
    while node != .max {
      self.summarize(inner: Int(node))
      node = self.nodes[Int(node)].parent
    }
  }

  mutating func summarize(leaf: Int) {
    var node = TreeNode(parent: self.nodes[leaf].parent, first: self.nodes[leaf].first)
    node.count = self.nodes[leaf].count
    var lanes = LandmarkSlots.none
    let base = Int(node.first) * TreeNode.leafCapacity
    for bucket in 0..<GameNames.bucketCount {
      self.gameMembers[Int(node.first) * GameNames.bucketCount + bucket] = 0
    }
    if self.hostLandmarks.isEmpty { node.covered = 0 }
    for slot in 0..<Int(node.count) {
      let row = Int(self.members[base + slot])
      let position = SIMD4(self.hosts[row].x, self.hosts[row].y, self.hosts[row].z, 0)
      node.lower = pointwiseMin(node.lower, position)
      node.upper = pointwiseMax(node.upper, position)
      self.addGames(row: row, slot: slot, block: Int(node.first))
      if self.hosts[row].isAvailable { node.second |= 1 << UInt32(slot) }
      if !self.hostLandmarks.isEmpty {
        lanes = pointwiseMin(lanes, self.hostLandmarks[row])
        node.covered &= LandmarkSlots.known(self.hostLandmarks[row])
      }
    }
    node.games = self.games(block: Int(node.first), available: node.second)
    self.nodes[leaf] = node
    if !self.nodeLandmarks.isEmpty { self.nodeLandmarks[leaf] = lanes }
  }

  mutating func summarize(inner: Int) {
    let (first, second) = (Int(self.nodes[inner].first), Int(self.nodes[inner].second))
    self.nodes[inner].lower = pointwiseMin(self.nodes[first].lower, self.nodes[second].lower)
    self.nodes[inner].upper = pointwiseMax(self.nodes[first].upper, self.nodes[second].upper)
    self.nodes[inner].games = self.nodes[first].games | self.nodes[second].games
    self.nodes[inner].covered = self.nodes[first].covered & self.nodes[second].covered
    guard !self.nodeLandmarks.isEmpty else { return }
    self.nodeLandmarks[inner] = pointwiseMin(self.nodeLandmarks[first], self.nodeLandmarks[second])
  }

  /// Makes every box say what is true again.
  mutating func refreshAll() {
    for node in self.nodes.indices where self.nodes[node].isLeaf { self.refresh(from: node) }
  }
}
