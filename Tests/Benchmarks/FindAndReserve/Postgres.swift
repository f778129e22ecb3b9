import CPostgres
import Glibc
import IndexAPI
import Matching
import MediaUnits

/// One connection to PostgreSQL.
struct PostgresConnection {
  private let connection: OpaquePointer

  init(_ conninfo: String) throws(BenchmarkFailure) {
    guard let connection = PQconnectdb(conninfo) else { throw BenchmarkFailure("no memory for a connection") }
    self.connection = connection
    guard PQstatus(connection) == CONNECTION_OK else { throw self.failure() }
  }

  /// - Returns: the first column of the first row.
  @discardableResult
  func execute(_ sql: String) throws(BenchmarkFailure) -> String? { try self.value(PQexec(self.connection, sql)) }

  func prepare(_ name: String, _ sql: String) throws(BenchmarkFailure) {
    _ = try self.value(PQprepare(self.connection, name, sql, 0, nil))
  }

  func run(_ name: String, _ parameters: [String]) throws(BenchmarkFailure) -> String? {
    let texts = parameters.map { strdup($0) }
    defer { texts.forEach { free($0) } }
    let pointers = texts.map { UnsafePointer($0) as UnsafePointer<CChar>? }
    return try self.value(PQexecPrepared(self.connection, name, Int32(texts.count), pointers, nil, nil, 0))
  }

  /// Rows for `COPY … FROM STDIN`.
  func copy(_ sql: String, _ rows: some Sequence<String>) throws(BenchmarkFailure) {
    PQclear(PQexec(self.connection, sql))
    for row in rows {
      guard PQputCopyData(self.connection, row, Int32(row.utf8.count)) == 1 else { throw self.failure() }
    }
    guard PQputCopyEnd(self.connection, nil) == 1 else { throw self.failure() }
    _ = try self.value(PQgetResult(self.connection))
    while let rest = PQgetResult(self.connection) { PQclear(rest) }
  }

  private func value(_ result: OpaquePointer?) throws(BenchmarkFailure) -> String? {
    defer { PQclear(result) }
    let status = PQresultStatus(result)
    guard status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK else { throw self.failure() }
    guard PQntuples(result) > 0, PQgetisnull(result, 0, 0) == 0 else { return nil }
    return PQgetvalue(result, 0, 0).map { String(cString: $0) }
  }

  private func failure() -> BenchmarkFailure {
    BenchmarkFailure("PostgreSQL: \(String(cString: PQerrorMessage(self.connection)))")
  }
}

/// PostgreSQL with the k-nearest-neighbour order of a `cube` GiST index, and one durable statement that finds and takes.
enum PostgresRow {
  static func load(_ data: Dataset, _ conninfo: String) throws(BenchmarkFailure) {
    let postgres = try PostgresConnection(conninfo)
    try postgres.execute(
      """
      CREATE EXTENSION IF NOT EXISTS cube;
      DROP TABLE IF EXISTS host;
      CREATE TABLE host (id int PRIMARY KEY, at cube, class smallint, price int, games int[], seats smallint,
        used smallint) WITH (fillfactor = 80)
      """
    )
    try postgres.copy(
      "COPY host FROM STDIN",
      data.hosts.enumerated().lazy.map { row, host in
        let point = Self.point(host.facts.place ?? Place(latitude: 0, longitude: 0))
        let games = host.games.map(String.init).joined(separator: ",")
        return "\(row)\t\(point)\t\(host.facts.performanceClass.rawValue)\t\(host.facts.price)\t{\(games)}\t"
          + "\(host.facts.seats)\t\(host.facts.usedSeats)\n"
      }
    )
    try postgres.execute("CREATE INDEX ON host USING gist (at) WHERE used < seats")
    try postgres.execute("VACUUM ANALYZE host")
  }

  static func makeTask(_ data: Dataset, _ conninfo: String) throws(BenchmarkFailure) -> SocketTask {
    let postgres = try PostgresConnection(conninfo)
    // Without this, the planner prefers to sort everything that suits when that seems to be little.
    try postgres.execute("SET enable_sort = off; SET enable_bitmapscan = off; SET enable_seqscan = off; SET jit = off")
    try postgres.prepare(
      "take",
      """
      UPDATE host SET used = used + 1 WHERE id = (
        SELECT id FROM host WHERE used < seats AND class >= $2::smallint AND price <= $3::int AND games @> ARRAY[$4::int]
        ORDER BY at <-> $1::cube LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
      """
    )
    try postgres.prepare("give", "UPDATE host SET used = used - 1 WHERE id = $1::int")
    return SocketTask(
      reserve: { (query: Dataset.Query) throws(BenchmarkFailure) -> Int? in
        let answer = try postgres.run(
          "take",
          [Self.point(query.place), "\(query.minimumClass.rawValue)", "\(query.maximumPrice)", "\(query.game)"]
        )
        return answer.flatMap { Int($0) }
      },
      release: { (row: Int) throws(BenchmarkFailure) in _ = try postgres.run("give", ["\(row)"]) }
    )
  }

  private static func point(_ place: Place) -> String {
    let (latitude, longitude) = (place.latitude * .pi / 180, place.longitude * .pi / 180)
    return "(\(cos(latitude) * cos(longitude)),\(cos(latitude) * sin(longitude)),\(sin(latitude)))"
  }
}
