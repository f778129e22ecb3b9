internal import GRDB
internal import GRDBSQLite
internal import IndexAPI
internal import MediaUnits

/// A cached statement, bound and stepped without a value type in between: a batch runs one for each command.
struct Cached {
  private let handle: OpaquePointer
  private let database: Database

  init(_ sql: String, in database: Database) throws {
    self.handle = try database.cachedStatement(sql: sql).sqliteStatement
    self.database = database
    sqlite3_reset(self.handle)
  }

  func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(self.handle, index, value) }

  func bind(_ index: Int32, _ value: Instant) { self.bind(index, value.nanoseconds) }

  func bindNull(_ index: Int32) { sqlite3_bind_null(self.handle, index) }

  func bind(_ index: Int32, _ value: String) {
    sqlite3_bind_text(self.handle, index, value, Int32(value.utf8.count), Self.transient)
  }

  func bind<Subject>(_ index: Int32, _ value: Identifier<Subject>) {
    let words = (value.high.bigEndian, value.low.bigEndian)
    // SQLite copies the 16 bytes before the call returns.
    withUnsafeBytes(of: words) { _ = sqlite3_bind_blob(self.handle, index, $0.baseAddress, 16, Self.transient) }
  }

  func bind(_ index: Int32, _ value: [UInt8]) {
    // An empty array has no address, and that would be NULL.
    if value.isEmpty {
      sqlite3_bind_zeroblob(self.handle, index, 0)
    } else {
      value.withUnsafeBytes {
        _ = sqlite3_bind_blob(self.handle, index, $0.baseAddress, Int32($0.count), Self.transient)
      }
    }
  }

  /// Runs to the next row.
  ///
  /// - Returns: whether there is one; when there is none the statement is ready for the next run.
  func step() throws -> Bool {
    switch sqlite3_step(self.handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(self.handle)
      return false
    case let code:
      let message = sqlite3_errmsg(self.database.sqliteConnection).map { String(cString: $0) }
      sqlite3_reset(self.handle)
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
  }

  /// Runs a statement that has no rows.
  func run() throws { while try self.step() {} }

  func reset() { sqlite3_reset(self.handle) }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(self.handle, column) }

  func time(_ column: Int32) -> Instant { Instant(nanoseconds: self.integer(column)) }

  func text(_ column: Int32) -> String { String(decoding: self.bytes(column), as: UTF8.self) }

  func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(self.handle, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(self.handle, column))))
  }

  func identifier<Subject>(_ column: Int32) -> Identifier<Subject> {
    guard let start = sqlite3_column_blob(self.handle, column), sqlite3_column_bytes(self.handle, column) == 16 else {
      return Identifier(high: 0, low: 0)
    }
    return Identifier(
      high: UInt64(bigEndian: start.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    )
  }

  /// SQLite's sign for "copy before you return".
  private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
