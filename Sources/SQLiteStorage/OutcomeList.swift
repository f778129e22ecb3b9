internal import IndexAPI
internal import Storage

/// The outcomes of one batch as bytes: 25 for each command, its identifier, the kind, and the value, big-endian.
struct OutcomeList {
  private static let entryByteCount = 25

  private(set) var bytes: [UInt8]

  /// - Returns: `nil` unless these are whole entries.
  init?(bytes: [UInt8]) {
    guard bytes.count.isMultiple(of: Self.entryByteCount) else { return nil }
    self.bytes = bytes
  }

  init(_ commands: [(id: RequestID, outcome: Outcome)]) {
    self.bytes = []
    self.bytes.reserveCapacity(commands.count * Self.entryByteCount)
    for (id, outcome) in commands {
      let stored = StoredOutcome(outcome)
      self.append(id.high)
      self.append(id.low)
      self.bytes.append(UInt8(truncatingIfNeeded: stored.kind))
      self.append(UInt64(bitPattern: stored.value))
    }
  }

  var count: Int { self.bytes.count / Self.entryByteCount }

  func command(_ index: Int) -> RequestID {
    let start = index * Self.entryByteCount
    return RequestID(high: self.word(at: start), low: self.word(at: start + 8))
  }

  func outcome(_ index: Int) -> StoredOutcome {
    let start = index * Self.entryByteCount + 16
    return StoredOutcome(kind: Int64(self.bytes[start]), value: Int64(bitPattern: self.word(at: start + 1)))
  }

  private mutating func append(_ word: UInt64) {
    withUnsafeBytes(of: word.bigEndian) { self.bytes.append(contentsOf: $0) }
  }

  private func word(at start: Int) -> UInt64 {
    self.bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
