import IndexAPI

/// Memory in the order in which the search goes through it.
extension Matcher {
  /// Leaves have some room for hosts that come later.
  private static let filledCount = 63

  /// Builds the tree anew: leaves as good as full, hosts that are near each other side by side, no unused memory.
  ///
  /// Worth calling after many hosts were added, as on start: with a hundred thousand hosts, most of what a search takes
  /// is waiting for memory, and this more than halves it. Takes time in proportion to all hosts, a microsecond or so each.
  public mutating func compact() {
    let old = self
    var points = [0, 1].map { old.points(below: $0) }
    let blockCount = points.reduce(0) { $0 + max(1, ($1.count + Self.filledCount - 1) / Self.filledCount) }
    self.nodes = [TreeNode(parent: .max, first: 0), TreeNode(parent: .max, first: 0)]
    self.nodes.reserveCapacity(2 * blockCount)
    self.blockLeaves = []
    self.blockLeaves.reserveCapacity(blockCount)
    self.memberWords = []
    let groupCount = (blockCount + Self.blocksPerGroup - 1) / Self.blocksPerGroup
    self.memberWords.reserveCapacity(groupCount * Self.blocksPerGroup * Self.wordsPerBlock)
    self.hosts = []
    self.hosts.reserveCapacity(blockCount * TreeNode.leafCapacity)
    self.hostLandmarks = []
    if !old.hostLandmarks.isEmpty { self.hostLandmarks.reserveCapacity(blockCount * TreeNode.leafCapacity) }
    self.nodeLandmarks = []
    self.moreGames = [:]
    self.freeNodes = []
    self.freeBlocks = []
    for root in 0..<2 { self.build(root, &points[root], from: old) }
    if !old.nodeLandmarks.isEmpty {
      self.nodeLandmarks = Array(repeating: LandmarkSlots.none, count: self.nodes.count)
    }
    // Children come after their parents.
    for node in self.nodes.indices.reversed() {
      if self.nodes[node].isLeaf { self.summarize(leaf: node) } else { self.summarize(inner: node) }
    }
    self.rows.rebuild(self.hosts)
  }

  /// Where the hosts below a node are; the last lane is the row.
  private func points(below root: Int) -> [SIMD4<Float>] {
    var points: [SIMD4<Float>] = []
    var pending = [root]
    while let next = pending.popLast() {
      let node = self.nodes[next]
      guard node.isLeaf else {
        pending.append(Int(node.first) + 1)
        pending.append(Int(node.first))
        continue
      }
      for slot in 0..<Int(node.count) {
        let row = Int(node.first) * TreeNode.leafCapacity + slot
        let position = self.hosts[row].position
        points.append(SIMD4(position.x, position.y, position.z, Float(bitPattern: UInt32(row))))
      }
    }
    return points
  }

  /// Halves the hosts, as far as full leaves allow, where they are farthest apart, until each leaf has its own.
  private mutating func build(_ root: Int, _ points: inout [SIMD4<Float>], from old: Matcher) {
    var pending = [(node: root, range: 0..<points.count)]
    while let (node, range) = pending.popLast() {
      guard range.count > Self.filledCount else {
        self.fill(leaf: node, points[range], from: old)
        continue
      }
      var (lower, upper) = (points[range.lowerBound], points[range.lowerBound])
      for point in points[range] {
        lower.replace(with: point, where: point .< lower)
        upper.replace(with: point, where: point .> upper)
      }
      let extent = upper - lower
      var axis = 0
      for other in 1..<3 where extent[other] > extent[axis] { axis = other }
      let leafCount = (range.count + Self.filledCount - 1) / Self.filledCount
      let middle = range.lowerBound + range.count * (leafCount / 2) / leafCount
      let isPoint = !(extent[axis] > 0)
      if !isPoint { Self.partition(&points, range, at: middle, axis) }
      let child = self.nodes.count
      for _ in 0..<2 { self.nodes.append(TreeNode(parent: UInt32(node), first: 0)) }
      self.nodes[node].axis = isPoint ? TreeNode.anyAxis : UInt8(axis)
      self.nodes[node].split = points[middle][axis]
      self.nodes[node].first = UInt32(child)
      pending.append((child + 1, middle..<range.upperBound))
      pending.append((child, range.lowerBound..<middle))
    }
  }

  /// Puts what is least along an axis before `middle`.
  ///
  /// - Source: Hoare, "Algorithm 65: Find", 1961.
  private static func partition(_ points: inout [SIMD4<Float>], _ range: Range<Int>, at middle: Int, _ axis: Int) {
    var (low, high) = (range.lowerBound, range.upperBound - 1)
    while low < high {
      let pivot = points[low + (high - low) / 2][axis]
      var (left, right) = (low, high)
      while left <= right {
        while points[left][axis] < pivot { left += 1 }
        while points[right][axis] > pivot { right -= 1 }
        guard left <= right else { break }
        points.swapAt(left, right)
        left += 1
        right -= 1
      }
      if middle <= right { high = right } else if middle >= left { low = left } else { return }
    }
  }

  private mutating func fill(leaf: Int, _ points: ArraySlice<SIMD4<Float>>, from old: Matcher) {
    let block = self.blockLeaves.count
    self.nodes[leaf].first = UInt32(block)
    self.nodes[leaf].count = UInt8(points.count)
    self.blockLeaves.append(UInt32(leaf))
    if block % Self.blocksPerGroup == 0 { self.makeWordGroup() }
    for point in points {
      let row = Int(point.w.bitPattern)
      if let games = old.moreGames[row] { self.moreGames[self.hosts.count] = games }
      if !old.hostLandmarks.isEmpty { self.hostLandmarks.append(old.hostLandmarks[row]) }
      self.hosts.append(old.hosts[row])
    }
    let unused = TreeNode.leafCapacity - points.count
    self.hosts.append(contentsOf: repeatElement(.nobody, count: unused))
    if !old.hostLandmarks.isEmpty {
      self.hostLandmarks.append(contentsOf: repeatElement(LandmarkSlots.none, count: unused))
    }
  }
}
