internal import CPostgres
internal import IndexAPI
internal import MediaUnits
internal import Storage

/// Owns one result.
final class Rows {
  private let handle: OpaquePointer

  init(_ handle: OpaquePointer) { self.handle = handle }

  deinit { PQclear(self.handle) }

  var count: Int32 { PQntuples(self.handle) }

  var error: PostgresError {
    func field(_ code: Int32) -> String { PQresultErrorField(self.handle, code).map { String(cString: $0) } ?? "" }
    let state = field(Int32(UInt8(ascii: "C")))
    let message = field(Int32(UInt8(ascii: "M")))
    if state.isEmpty { return .lost(String(cString: PQresultErrorMessage(self.handle))) }
    return .failed(state: state, message: message)
  }

  func bytes(_ row: Int32, _ column: Int32) -> UnsafeBufferPointer<UInt8> {
    let start = PQgetvalue(self.handle, row, column)
    let count = Int(PQgetlength(self.handle, row, column))
    return UnsafeBufferPointer(
      start: UnsafeRawPointer(start)?.assumingMemoryBound(to: UInt8.self),
      count: start == nil ? 0 : count
    )
  }

  func text(_ row: Int32, _ column: Int32) -> String { String(decoding: self.bytes(row, column), as: UTF8.self) }

  func integer(_ row: Int32, _ column: Int32) -> Int64 {
    var value: Int64 = 0
    var isNegative = false
    for character in self.bytes(row, column) {
      if character == UInt8(ascii: "-") { isNegative = true } else { value = value * 10 + Int64(character) - 48 }
    }
    return isNegative ? -value : value
  }

  func time(_ row: Int32, _ column: Int32) -> Instant { Instant(nanoseconds: self.integer(row, column) * 1000) }

  /// A `uuid` column.
  func identifier<Subject>(_ row: Int32, _ column: Int32) -> Identifier<Subject> {
    var (high, low): (UInt64, UInt64) = (0, 0)
    for character in self.bytes(row, column) {
      guard let digit = Self.digit(character) else { continue }
      high = high << 4 | low >> 60
      low = low << 4 | digit
    }
    return Identifier(high: high, low: low)
  }

  /// A `bytea` column in hexadecimal form.
  func octets(_ row: Int32, _ column: Int32) -> [UInt8] {
    let text = self.bytes(row, column)
    guard text.count >= 2 else { return [] }
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count / 2 - 1)
    var index = 2
    while index + 1 < text.count {
      octets.append(UInt8((Self.digit(text[index]) ?? 0) << 4 | (Self.digit(text[index + 1]) ?? 0)))
      index += 2
    }
    return octets
  }

  private static func digit(_ character: UInt8) -> UInt64? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(character - 48)
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(character - 87)
    default: nil
    }
  }

  /// Columns of ``Query/hostColumns``, from `column` on; the body is read if it is there.
  func host(_ row: Int32, _ column: Int32 = 0, hasBody: Bool) -> HostRow {
    HostRow(
      record: HostRecord(
        id: self.identifier(row, column),
        seats: Int(self.integer(row, column + 1)),
        body: hasBody ? self.octets(row, column + 7) : []
      ),
      state: HostState(rawValue: self.text(row, column + 4)) ?? .offline,
      offeredSeats: Int(self.integer(row, column + 2)),
      usedSeats: Int(self.integer(row, column + 3)),
      home: self.text(row, column + 5),
      epoch: Int(self.integer(row, column + 6))
    )
  }

  /// Columns of ``Query/sessionColumns``.
  func session(_ row: Int32) -> ModelState.Session {
    let state: SessionRow.State =
      switch self.integer(row, 3) {
      case 0: .reserved
      case 1: .running
      case -1: .closing
      default: .ended(reason: self.text(row, 4))
      }
    return ModelState.Session(
      id: self.identifier(row, 0),
      host: self.identifier(row, 1),
      player: self.identifier(row, 2),
      state: state,
      end: self.time(row, 5)
    )
  }

  /// Name, body and end.
  func indexer(_ row: Int32) -> ModelState.Indexer {
    ModelState.Indexer(
      record: IndexerRecord(name: self.text(row, 0), body: self.octets(row, 1)),
      end: self.time(row, 2)
    )
  }
}
