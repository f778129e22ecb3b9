internal import CPostgres
internal import Glibc

/// What a PostgreSQL server says of itself; made for looking, not for use.
public struct PostgresInspection: Sendable {
  public struct Failure: Error, Hashable, Sendable {
    /// In libpq's or the server's words.
    public let reason: String
  }

  public let version: String
  public let majorVersion: Int
  public let fsync: Bool
  /// Such as `on` or `remote_apply`.
  public let synchronousCommit: String
  public let maximumConnections: Int
  public let connections: Int
  /// Of the question that told the rest.
  public let roundTrip: Duration
  /// How far the server's clock is ahead of this machine's, within half of ``roundTrip``.
  public let clockDifference: Duration

  /// Connects, asks, and disconnects; waits for at most ten seconds.
  ///
  /// - Parameter address: as libpq reads it.
  public init(address: String) throws(Failure) {
    let connection = Connection(address: address)
    guard PQstatus(connection.pointer) == CONNECTION_OK else { throw Failure(reason: connection.message) }
    let start = ContinuousClock.now
    let values = try connection.ask(
      """
      SELECT current_setting('server_version'), current_setting('server_version_num'), current_setting('fsync'),
        current_setting('synchronous_commit'), current_setting('max_connections'),
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
        (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
      """
    )
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let roundTrip = ContinuousClock.now - start
    guard values.count == 7, let number = Int(values[1]), let maximum = Int(values[4]),
      let connections = Int(values[5]),
      let server = Int64(values[6])
    else { throw Failure(reason: "the server answers in a way that no PostgreSQL does") }
    self.version = values[0]
    self.majorVersion = number / 10_000
    self.fsync = values[2] == "on"
    self.synchronousCommit = values[3]
    self.maximumConnections = maximum
    self.connections = connections
    self.roundTrip = roundTrip
    let own = Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    self.clockDifference = .microseconds(server - own) + roundTrip / 2
  }

  /// Owns one libpq connection.
  private struct Connection: ~Copyable {
    let pointer: OpaquePointer?

    init(address: String) {
      // What the address says comes later, so it overrides these.
      let keywords = ["connect_timeout", "options", "dbname"]
      let names: [UnsafeMutablePointer<CChar>?] = keywords.map { (text: String) in strdup(text) }
      let options = ["5", "-c statement_timeout=5000", address]
      let values: [UnsafeMutablePointer<CChar>?] = options.map { (text: String) in strdup(text) }
      defer { for text in names + values { free(text) } }
      let nameList: [UnsafePointer<CChar>?] = names.map { UnsafePointer($0) } + [nil]
      let valueList: [UnsafePointer<CChar>?] = values.map { UnsafePointer($0) } + [nil]
      self.pointer = PQconnectdbParams(nameList, valueList, 1)
    }

    deinit { PQfinish(self.pointer) }

    var message: String {
      guard let text = PQerrorMessage(self.pointer) else { return "no memory" }
      return String(cString: text).split(separator: "\n").joined(separator: " ")
    }

    /// The only row's columns.
    borrowing func ask(_ question: String) throws(Failure) -> [String] {
      let result = PQexec(self.pointer, question)
      defer { PQclear(result) }
      guard PQresultStatus(result) == PGRES_TUPLES_OK, PQntuples(result) == 1 else {
        throw Failure(reason: self.message)
      }
      return (0..<PQnfields(result)).map { column in
        PQgetvalue(result, 0, column).map { String(cString: $0) } ?? ""
      }
    }
  }
}
