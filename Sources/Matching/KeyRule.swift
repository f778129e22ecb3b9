/// How near something is, as one way of searching has it; a search is compiled for each.
protocol KeyRule {
  /// How near at least whoever is in a box is.
  func least(in node: TreeNode, _ index: Int) -> Double
  /// How near a host is.
  func key(of host: HostEntry, _ row: Int) -> Double
  /// Whether a host's place alone tells that it is not nearer.
  func isFarther(_ host: HostEntry, than limit: Double) -> Bool
}

/// By the squares of chords: for those who are somewhere, among hosts that are.
struct ByPlace: KeyRule {
  private let position: UnitVector

  init(_ search: Search) { self.position = search.position }

  @inline(__always)
  func least(in node: TreeNode, _ index: Int) -> Double { Double(node.box.chordSquared(from: self.position)) }

  @inline(__always)
  func key(of host: HostEntry, _ row: Int) -> Double { Double(host.position.chordSquared(to: self.position)) }

  @inline(__always)
  func isFarther(_ host: HostEntry, than limit: Double) -> Bool { !(self.key(of: host, 0) < limit) }
}

/// By round trips to landmarks where both ends know them, else by place, else by what the unknown counts as.
struct ByLandmarks: KeyRule {
  private let search: Search
  private let isPlaced: Bool
  private let hosts: [SIMD8<UInt16>]
  private let nodes: [SIMD8<UInt16>]

  /// - Parameter isPlaced: whether both the player and the hosts are somewhere.
  init(_ search: Search, _ matcher: borrowing Matcher, isPlaced: Bool) {
    self.search = search
    self.isPlaced = isPlaced
    self.hosts = matcher.hostLandmarks
    self.nodes = matcher.nodeLandmarks
  }

  func least(in node: TreeNode, _ index: Int) -> Double {
    guard self.search.goesByLandmarks else { return self.search.unknownKey }
    let byLandmark = LandmarkSlots.estimate(self.search.lanes, self.nodes[index]).map { Double($0) } ?? .infinity
    // Only if everybody in the box has a landmark in common with the player does its place say nothing.
    guard node.covered & self.search.knownLanes == 0 else { return byLandmark }
    guard self.isPlaced else { return min(byLandmark, self.search.unknownKey) }
    let chordSquared = node.box.chordSquared(from: self.search.position)
    return min(byLandmark, Geography.leastMicroseconds(chordSquared: chordSquared))
  }

  func key(of host: HostEntry, _ row: Int) -> Double {
    guard self.search.goesByLandmarks else { return self.search.unknownKey }
    if let known = LandmarkSlots.estimate(self.search.lanes, self.hosts[row]) { return Double(known) }
    guard self.isPlaced else { return self.search.unknownKey }
    return Geography.microseconds(chordSquared: host.position.chordSquared(to: self.search.position))
  }

  func isFarther(_ host: HostEntry, than limit: Double) -> Bool { false }
}
