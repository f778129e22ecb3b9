/// A box of the tree and what is in it.
///
/// A node halves its box where it is longest, so places that are alike do not make the tree deep, whatever the order in
/// which they come; a leaf has up to 64 hosts and says in one word which of them can take a player.
///
/// What a search asks of every box comes last, in 48 bytes: an array's elements begin 48 bytes into a cache line when
/// there are many of them, so a line has all of it.
struct TreeNode {
  static let leafCapacity = 64
  /// ``axis`` of a leaf.
  static let leafAxis: UInt8 = 4
  /// ``axis`` of a node whose hosts are all in one point, or in none.
  static let anyAxis: UInt8 = 3

  var parent: UInt32
  var split: Float = 0
  /// So that what follows is in the last 48 bytes.
  private let unused: UInt64 = 0

  /// ``GameNames`` masks of the members that can take a player; 0 when nobody can.
  var games: UInt64 = 0
  /// A leaf's members that can take a player, a bit each.
  var available: UInt64 = 0
  /// A leaf's block of members; otherwise the child below ``split``, which the other one follows.
  var first: UInt32
  /// Of all members, whether or not they have a seat.
  var box = Box()
  /// Members of a leaf.
  var count: UInt8 = 0
  var axis: UInt8 = Self.leafAxis
  /// Landmarks that every member has a round trip to, a bit each.
  var covered: UInt8 = .max

  init(parent: UInt32, first: UInt32) {
    self.parent = parent
    self.first = first
  }

  var isLeaf: Bool { self.axis == Self.leafAxis }
}

/// Between two corners.
struct Box {
  var lower = UnitVector(x: .infinity, y: .infinity, z: .infinity)
  var upper = UnitVector(x: -.infinity, y: -.infinity, z: -.infinity)

  /// Whether there is anything in it.
  var isEmpty: Bool { self.lower.x > self.upper.x }

  /// The side along an axis, 0 ... 2.
  subscript(axis: Int) -> (lower: Float, extent: Float) {
    (self.lower[axis], self.upper[axis] - self.lower[axis])
  }

  /// The axis along which it is longest.
  var longestAxis: Int {
    var axis = 0
    for other in 1..<3 where self[other].extent > self[axis].extent { axis = other }
    return axis
  }

  mutating func include(_ point: UnitVector) {
    self.include(Box(lower: point, upper: point))
  }

  mutating func include(_ other: Box) {
    self.lower.x = min(self.lower.x, other.lower.x)
    self.lower.y = min(self.lower.y, other.lower.y)
    self.lower.z = min(self.lower.z, other.lower.z)
    self.upper.x = max(self.upper.x, other.upper.x)
    self.upper.y = max(self.upper.y, other.upper.y)
    self.upper.z = max(self.upper.z, other.upper.z)
  }

  /// The square of the distance to the nearest point of the box.
  @inline(__always)
  func chordSquared(from point: UnitVector) -> Float {
    let x = Self.outside(self.lower.x - point.x, point.x - self.upper.x)
    let y = Self.outside(self.lower.y - point.y, point.y - self.upper.y)
    let z = Self.outside(self.lower.z - point.z, point.z - self.upper.z)
    return x * x + y * y + z * z
  }

  /// The largest of the two and 0, as the processor's instruction has it.
  @inline(__always)
  private static func outside(_ below: Float, _ above: Float) -> Float {
    let farther = below > above ? below : above
    return farther > 0 ? farther : 0
  }
}
