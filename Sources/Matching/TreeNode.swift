/// A box of the tree and what is in it.
///
/// A node halves its box where it is longest, so places that are alike do not make the tree deep, whatever the order in
/// which they come; a leaf has up to 32 hosts and says in one word which of them can take a player.
struct TreeNode {
  static let leafCapacity = 32
  /// ``axis`` of a leaf.
  static let leafAxis: UInt8 = 4
  /// ``axis`` of a node whose hosts are all in one point, or in none.
  static let anyAxis: UInt8 = 3

  /// Of all members, whether or not they have a seat; the fourth lane is unused.
  var lower = SIMD4<Float>(repeating: .infinity)
  var upper = SIMD4<Float>(repeating: -.infinity)
  /// ``GameNames`` masks of the members that can take a player; 0 when nobody can.
  var games: UInt32 = 0
  var parent: UInt32
  /// A leaf's block of members; otherwise the child below ``split``.
  var first: UInt32
  /// A leaf's members that can take a player, a bit each; otherwise the other child.
  var second: UInt32 = 0
  var split: Float = 0
  /// Members of a leaf.
  var count: UInt8 = 0
  var axis: UInt8 = Self.leafAxis
  /// Landmarks that every member has a round trip to, a bit each.
  var covered: UInt8 = .max

  var isLeaf: Bool { self.axis == Self.leafAxis }

  /// The square of the distance to the nearest point of the box.
  @inline(__always)
  func chordSquared(from point: SIMD4<Float>) -> Float {
    // As selections: `pointwiseMax` goes through the lanes one by one.
    let (below, above) = (self.lower - point, point - self.upper)
    var outside = below.replacing(with: above, where: above .> below)
    outside.replace(with: 0, where: outside .< 0)
    return (outside * outside).sum()
  }
}
