import IndexAPI

/// Where each host is: open addressing with linear probing, four bytes a place, at most seven eighths of them taken.
///
/// The bits that rows do not need hold some of the identifier's hash, so that a look at another host's entry, which is a
/// wait for memory, is rare.
struct RowTable {
  /// Row + 1 in the low ``rowBitCount`` bits; 0 for nobody.
  private var places: [UInt32] = Array(repeating: 0, count: 16)
  private var rowBitCount: UInt32 = 7
  private(set) var count = 0
  /// Keeps whoever chooses its identifier from choosing its place too.
  private let salt: UInt64

  init(salt: UInt64) {
    self.salt = salt
  }

  var byteCount: Int { self.places.capacity * MemoryLayout<UInt32>.stride }

  func row(of id: HostID, in hosts: [HostEntry]) -> Int? {
    let hash = self.hash(of: id)
    let mark = self.mark(of: hash)
    var place = self.home(of: hash)
    while self.places[place] != 0 {
      if self.places[place] & ~self.rowMask == mark, case let row = self.row(at: place), hosts[row].id == id {
        return row
      }
      place = self.next(place)
    }
    return nil
  }

  /// - Precondition: the host is not in the table, and `hosts` has it in `row`.
  mutating func insert(row: Int, in hosts: [HostEntry]) {
    if (self.count + 1) * 8 > self.places.count * 7 {
      self.rebuild(hosts, placeCount: self.places.count * 3 / 2)
    } else if row >= self.rowMask {
      self.rebuild(hosts, placeCount: self.places.count)
    } else {
      self.put(row, hosts)
      self.count += 1
    }
  }

  mutating func remove(_ id: HostID, in hosts: [HostEntry]) {
    var hole = self.home(of: self.hash(of: id))
    while self.places[hole] != 0, hosts[self.row(at: hole)].id != id { hole = self.next(hole) }
    guard self.places[hole] != 0 else { return }
    // Whoever came after it moves up, as long as that is not before its own home.
    var place = self.next(hole)
    while self.places[place] != 0 {
      let home = self.home(of: self.hash(of: hosts[self.row(at: place)].id))
      let distance = place >= home ? place - home : place + self.places.count - home
      let gap = place >= hole ? place - hole : place + self.places.count - hole
      if distance >= gap {
        self.places[hole] = self.places[place]
        hole = place
      }
      place = self.next(place)
    }
    self.places[hole] = 0
    self.count -= 1
  }

  /// Notes that a host, which is in the table, has another row; `hosts` has it there already, and there only.
  mutating func move(from old: Int, to new: Int, in hosts: [HostEntry]) {
    guard new < self.rowMask else {
      self.rebuild(hosts, placeCount: self.places.count)
      return
    }
    var place = self.home(of: self.hash(of: hosts[new].id))
    while self.row(at: place) != old { place = self.next(place) }
    self.places[place] = self.places[place] & ~self.rowMask | UInt32(new + 1)
  }

  /// Enters all of `hosts`, and nobody else.
  ///
  /// - Parameter placeCount: as few as do if not given.
  mutating func rebuild(_ hosts: [HostEntry], placeCount: Int? = nil) {
    self.count = hosts.reduce(0) { $0 + ($1.isPresent ? 1 : 0) }
    self.places = Array(repeating: 0, count: placeCount ?? max(16, self.count * 8 / 7 + 1))
    // For twice as many rows as there are, so that it is long until there are too many.
    self.rowBitCount = UInt32(Int.bitWidth - max(64, hosts.count).leadingZeroBitCount + 1)
    for row in hosts.indices where hosts[row].isPresent { self.put(row, hosts) }
  }

  private var rowMask: UInt32 { 1 << self.rowBitCount - 1 }

  private func row(at place: Int) -> Int { Int(self.places[place] & self.rowMask) - 1 }

  /// Salted.
  func hash(of id: HostID) -> UInt64 {
    let mixed = (id.high ^ self.salt) &* 0x9E37_79B9_7F4A_7C15 ^ id.low
    return (mixed ^ mixed >> 29) &* 0xBF58_476D_1CE4_E5B9
  }

  private func home(of hash: UInt64) -> Int {
    Int(hash.multipliedFullWidth(by: UInt64(self.places.count)).high)
  }

  /// What of a hash stands beside the row.
  private func mark(of hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 8) & ~self.rowMask }

  private func next(_ place: Int) -> Int { place + 1 == self.places.count ? 0 : place + 1 }

  private mutating func put(_ row: Int, _ hosts: [HostEntry]) {
    let hash = self.hash(of: hosts[row].id)
    var place = self.home(of: hash)
    while self.places[place] != 0 { place = self.next(place) }
    self.places[place] = self.mark(of: hash) | UInt32(row + 1)
  }
}
