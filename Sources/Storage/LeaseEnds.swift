internal import IndexAPI
internal import MediaUnits

/// Ends of leases, earliest first: a binary heap that is not told when a lease is moved or ended early.
///
/// Whoever takes an end checks that it is still the session's.
struct LeaseEnds: Sendable {
  struct End: Sendable {
    var time: Instant
    var session: SessionID

    fileprivate func isBefore(_ other: End) -> Bool {
      (self.time.nanoseconds, self.session.high, self.session.low)
        < (other.time.nanoseconds, other.session.high, other.session.low)
    }
  }

  private var heap: [End] = []

  var count: Int { self.heap.count }
  /// The earliest.
  var first: End? { self.heap.first }

  mutating func insert(_ end: End) {
    self.heap.append(end)
    var index = self.heap.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      guard self.heap[index].isBefore(self.heap[parent]) else { break }
      self.heap.swapAt(index, parent)
      index = parent
    }
  }

  /// - Precondition: there is a ``first``.
  mutating func removeFirst() {
    let last = self.heap.removeLast()
    guard !self.heap.isEmpty else { return }
    self.heap[0] = last
    var index = 0
    while true {
      var least = index
      for child in (2 * index + 1)...(2 * index + 2) where child < self.heap.count {
        if self.heap[child].isBefore(self.heap[least]) { least = child }
      }
      guard least != index else { break }
      self.heap.swapAt(index, least)
      index = least
    }
  }

  mutating func removeAll(where isOver: (End) -> Bool) {
    let all = self.heap
    self.heap = []
    for end in all where !isOver(end) { self.insert(end) }
  }
}
