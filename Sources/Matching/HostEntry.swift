import IndexAPI

/// A host in 64 bytes: one cache line holds all that decides whether it suits.
struct HostEntry {
  static let isMatchableFlag: UInt8 = 1
  static let hasMoreGamesFlag: UInt8 = 2
  static let isPlacedFlag: UInt8 = 4
  /// Of every host, and not of a row that has none.
  static let isPresentFlag: UInt8 = 8

  /// A row without a host.
  static let nobody = HostEntry(id: HostID(high: 0, low: 0), position: nil)

  var id: HostID
  /// ``GameNames`` numbers.
  var games = GameLanes()
  var position: UnitVector
  var price: UInt32 = 0
  var network: UInt32 = 0
  var seats: UInt8 = 0
  var usedSeats: UInt8 = 0
  var load: UInt8 = 0
  var reputation: UInt8 = 0
  var flags: UInt8
  var performanceClass: UInt8 = 0

  init(id: HostID, position: UnitVector?) {
    self.id = id
    self.position = position ?? UnitVector(x: 0, y: 0, z: 0)
    self.flags = position == nil ? 0 : Self.isPlacedFlag
  }

  var isPresent: Bool { self.flags & Self.isPresentFlag != 0 }
  var isPlaced: Bool { self.flags & Self.isPlacedFlag != 0 }
  var freeSeats: Int {
    self.flags & Self.isMatchableFlag == 0 || self.usedSeats >= self.seats ? 0 : Int(self.seats - self.usedSeats)
  }
  var isAvailable: Bool { self.flags & Self.isMatchableFlag != 0 && self.usedSeats < self.seats }
}
