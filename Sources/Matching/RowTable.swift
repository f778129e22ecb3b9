import IndexAPI

/// Where each host is: open addressing with linear probing, four bytes a place, at most four fifths of them taken.
struct RowTable {
  /// Row + 1; 0 for nobody.
  private var places: [UInt32] = Array(repeating: 0, count: 16)
  private(set) var count = 0
  /// Keeps whoever chooses its identifier from choosing its place too.
  private let salt: UInt64

  init(salt: UInt64) {
    self.salt = salt
  }

  var byteCount: Int { self.places.capacity * MemoryLayout<UInt32>.stride }

  func row(of id: HostID, in hosts: [HostEntry]) -> Int? {
    var place = self.home(of: id)
    while self.places[place] != 0 {
      let row = Int(self.places[place] - 1)
      if hosts[row].id == id { return row }
      place = self.next(place)
    }
    return nil
  }

  /// - Precondition: the host is not in the table, and `hosts` has it in `row`.
  mutating func insert(row: Int, in hosts: [HostEntry]) {
    if (self.count + 1) * 5 > self.places.count * 4 { self.grow(hosts) }
    self.put(row, hosts)
    self.count += 1
  }

  mutating func remove(_ id: HostID, in hosts: [HostEntry]) {
    var hole = self.home(of: id)
    while self.places[hole] != 0, hosts[Int(self.places[hole] - 1)].id != id { hole = self.next(hole) }
    guard self.places[hole] != 0 else { return }
    // Whoever came after it moves up, as long as that is not before its own home.
    var place = self.next(hole)
    while self.places[place] != 0 {
      let home = self.home(of: hosts[Int(self.places[place] - 1)].id)
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

  /// Enters all of `hosts`, and nobody else.
  mutating func rebuild(_ hosts: [HostEntry]) {
    self.places = Array(repeating: 0, count: max(16, hosts.count * 5 / 4 + 1))
    self.count = hosts.count
    for row in hosts.indices { self.put(row, hosts) }
  }

  private func home(of id: HostID) -> Int {
    let mixed = (id.high ^ self.salt) &* 0x9E37_79B9_7F4A_7C15 ^ id.low
    let hash = (mixed ^ mixed >> 29) &* 0xBF58_476D_1CE4_E5B9
    return Int(hash.multipliedFullWidth(by: UInt64(self.places.count)).high)
  }

  private func next(_ place: Int) -> Int { place + 1 == self.places.count ? 0 : place + 1 }

  private mutating func put(_ row: Int, _ hosts: [HostEntry]) {
    var place = self.home(of: hosts[row].id)
    while self.places[place] != 0 { place = self.next(place) }
    self.places[place] = UInt32(row + 1)
  }

  private mutating func grow(_ hosts: [HostEntry]) {
    let old = self.places
    self.places = Array(repeating: 0, count: old.count * 3 / 2)
    for place in old where place != 0 { self.put(Int(place - 1), hosts) }
  }
}
