internal import CPostgres
internal import Glibc
internal import Storage

/// Owns one libpq connection. Used by one thread at a time; no call takes longer than its deadline.
final class Connection {
  /// How long the server may take for one answer.
  static let timeout: Duration = .seconds(5)

  private let handle: OpaquePointer
  private var prepared: Set<String> = []

  /// Connects, and sets what keeps one stuck process from holding up the others.
  init(url: String) throws(PostgresError) {
    // Given in the URL, these win over ours.
    let keywords = [
      "connect_timeout", "tcp_user_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count",
      "application_name", "target_session_attrs", "dbname",
    ]
    let values = ["2", "3000", "1", "1", "3", "martlet", "read-write", url]
    let handle = Self.withCStrings(keywords) { keywords in
      Self.withCStrings(values) { values in PQconnectdbParams(keywords, values, 1) }
    }
    guard let handle else { throw .lost("out of memory") }
    guard PQstatus(handle) == CONNECTION_OK else {
      let message = String(cString: PQerrorMessage(handle))
      PQfinish(handle)
      throw .lost(message.trimmed)
    }
    self.handle = handle
    // What the server remarks is no error, and the process's output is not ours.
    PQsetNoticeReceiver(handle, { _, _ in }, nil)
    PQsetnonblocking(handle, 1)
    // Refused by no server: what a stopped process has locked is freed within a second.
    _ = try self.run(
      """
      SET idle_in_transaction_session_timeout = 1000; SET statement_timeout = 4000; SET lock_timeout = 2000;
      SET client_min_messages = warning; SET bytea_output = hex
      """
    )
    // A plan made while the tables were empty is kept, and must still be right when they are large: every statement
    // but the snapshot finds its rows by keys.
    _ = try self.run(
      """
      SET plan_cache_mode = force_generic_plan; SET jit = off;
      SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off
      """
    )
  }

  deinit { PQfinish(self.handle) }

  var isUsable: Bool { PQstatus(self.handle) == CONNECTION_OK }

  /// Runs statements without parameters, together.
  func run(_ sql: String) throws(PostgresError) -> [Rows] {
    guard PQsendQuery(self.handle, sql) == 1 else { throw self.lost() }
    return try self.results(until: { $0 == nil })
  }

  /// Sends all statements at once and reads their answers: one round trip.
  ///
  /// - Throws: the first statement's error; those after it were not run.
  func pipeline(_ statements: [Query]) throws(PostgresError) -> [Rows] {
    guard PQenterPipelineMode(self.handle) == 1 else { throw self.lost() }
    defer { PQexitPipelineMode(self.handle) }
    try self.prepare(statements)
    for statement in statements {
      let sent = Self.withCStrings(statement.parameters) { values in
        PQsendQueryPrepared(self.handle, statement.name, Int32(statement.parameters.count), values, nil, nil, 0)
      }
      guard sent == 1 else { throw self.lost() }
    }
    guard PQpipelineSync(self.handle) == 1 else { throw self.lost() }
    return try self.results(until: { $0 == PGRES_PIPELINE_SYNC })
  }

  /// Prepares what has not been, in a round trip of its own, so that a failing statement leaves no doubt.
  private func prepare(_ statements: [Query]) throws(PostgresError) {
    var fresh: Set<String> = []
    for statement in statements where !self.prepared.contains(statement.name) {
      guard fresh.insert(statement.name).inserted else { continue }
      guard PQsendPrepare(self.handle, statement.name, statement.sql, 0, nil) == 1 else { throw self.lost() }
    }
    if fresh.isEmpty { return }
    guard PQpipelineSync(self.handle) == 1 else { throw self.lost() }
    _ = try self.results(until: { $0 == PGRES_PIPELINE_SYNC })
    self.prepared.formUnion(fresh)
  }

  /// Waits for a notification.
  ///
  /// - Returns: whether there was one.
  func waitForNotification(milliseconds: Int32) throws(PostgresError) -> Bool {
    var descriptor = pollfd(fd: PQsocket(self.handle), events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, milliseconds) > 0 else { return false }
    guard PQconsumeInput(self.handle) == 1 else { throw self.lost() }
    var isNotified = false
    while let notification = PQnotifies(self.handle) {
      PQfreemem(notification)
      isNotified = true
    }
    return isNotified
  }

  private func results(until isEnd: (ExecStatusType?) -> Bool) throws(PostgresError) -> [Rows] {
    let deadline = ContinuousClock.now + Self.timeout
    var results: [Rows] = []
    var failure: PostgresError?
    while true {
      try self.awaitResult(until: deadline)
      guard let result = PQgetResult(self.handle) else {
        // In a pipeline it only parts one statement's results from the next's.
        if isEnd(nil) { break }
        guard self.isUsable else { throw self.lost() }
        continue
      }
      let status = PQresultStatus(result)
      let rows = Rows(result)
      if isEnd(status) { break }
      switch status {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK: results.append(rows)
      case PGRES_PIPELINE_ABORTED: break
      default: failure = failure ?? rows.error
      }
    }
    if let failure { throw failure }
    return results
  }

  private func awaitResult(until deadline: ContinuousClock.Instant) throws(PostgresError) {
    while true {
      let isUnsent = PQflush(self.handle)
      guard isUnsent >= 0 else { throw self.lost() }
      if PQisBusy(self.handle) == 0 { return }
      let remaining = deadline - .now
      guard remaining > .zero else { throw .lost("the database did not answer in \(Self.timeout)") }
      let events = Int16(POLLIN) | (isUnsent == 1 ? Int16(POLLOUT) : 0)
      var descriptor = pollfd(fd: PQsocket(self.handle), events: events, revents: 0)
      let milliseconds = remaining.components.seconds * 1000 + remaining.components.attoseconds / 1_000_000_000_000_000
      guard poll(&descriptor, 1, Int32(milliseconds + 1)) >= 0 || errno == EINTR else { throw self.lost() }
      guard PQconsumeInput(self.handle) == 1 else { throw self.lost() }
    }
  }

  private func lost() -> PostgresError { .lost(String(cString: PQerrorMessage(self.handle)).trimmed) }

  /// Calls `body` with the strings and a null pointer behind them.
  private static func withCStrings<Value>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
  ) -> Value {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for string in strings {
      starts.append(bytes.count)
      bytes.append(contentsOf: string.utf8.lazy.map { CChar(bitPattern: $0) })
      bytes.append(0)
    }
    return bytes.withUnsafeBufferPointer { bytes in
      let pointers = starts.map { bytes.baseAddress?.advanced(by: $0) } + [nil]
      return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
  }
}

extension String {
  /// Without white space at the end, and on one line.
  fileprivate var trimmed: String {
    self.split(whereSeparator: \.isNewline).joined(separator: "; ")
  }
}
