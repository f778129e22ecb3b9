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
    self.clearWords(block: Int(node.first))
    if self.hostLandmarks.isEmpty { node.covered = 0 }
    for slot in 0..<Int(node.count) {
      let row = Int(node.first) * TreeNode.leafCapacity + slot
      node.box.include(self.hosts[row].position)
      self.addGames(row: row)
      self.addClass(row: row)
      if self.hosts[row].isAvailable { node.available |= 1 << UInt64(slot) }
      if !self.hostLandmarks.isEmpty {
        lanes = pointwiseMin(lanes, self.hostLandmarks[row])
        node.covered &= LandmarkSlots.known(self.hostLandmarks[row])
      }
    }
    node.games = self.games(block: Int(node.first), available: node.available)
    self.nodes[leaf] = node
    if !self.nodeLandmarks.isEmpty { self.nodeLandmarks[leaf] = lanes }
  }

  mutating func summarize(inner: Int) {
    let first = Int(self.nodes[inner].first)
    let second = first + 1
    self.nodes[inner].box = self.nodes[first].box
    self.nodes[inner].box.include(self.nodes[second].box)
    self.nodes[inner].games = self.nodes[first].games | self.nodes[second].games
    self.nodes[inner].covered = self.nodes[first].covered & self.nodes[second].covered
    guard !self.nodeLandmarks.isEmpty else { return }
    self.nodeLandmarks[inner] = pointwiseMin(self.nodeLandmarks[first], self.nodeLandmarks[second])
  }

  /// Makes every box say what is true again.
  mutating func refreshAll() {
    for node in self.nodes.indices where self.nodes[node].isLeaf && (node < 2 || self.nodes[node].parent != .max) {
      self.refresh(from: node)
    }
  }
}
