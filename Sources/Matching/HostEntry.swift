import IndexAPI

/// A host in 64 bytes: one cache line holds all that decides whether it suits.
struct HostEntry {
  static let isMatchableFlag: UInt8 = 1
  static let hasMoreGamesFlag: UInt8 = 2
  static let isPlacedFlag: UInt8 = 4

  var id: HostID
  /// ``GameNames`` numbers.
  var games = GameLanes()
  var x: Float
  var y: Float
  var z: Float
  var price: UInt32
  var network: UInt32
  /// The tree's node that it is in.
  var leaf: UInt32
  var seats: UInt8
  var usedSeats: UInt8
  var load: UInt8
  var reputation: UInt8
  var flags: UInt8
  /// Which member of the leaf it is.
  var slot: UInt8
  var performanceClass: UInt8

  var position: UnitVector { UnitVector(x: self.x, y: self.y, z: self.z) }
  var isPlaced: Bool { self.flags & Self.isPlacedFlag != 0 }
  var freeSeats: Int {
    self.flags & Self.isMatchableFlag == 0 || self.usedSeats >= self.seats ? 0 : Int(self.seats - self.usedSeats)
  }
  var isAvailable: Bool { self.flags & Self.isMatchableFlag != 0 && self.usedSeats < self.seats }
}
