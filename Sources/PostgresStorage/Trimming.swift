internal import Storage

/// Removes what nobody can ask for any more, in pieces that hold up nobody.
struct Trimming {
  /// The most rows that one statement removes.
  private static let pieceCount = 4096
  /// The most pieces of one table at a time.
  private static let turnCount = 16

  /// Microseconds that tests move the clock by.
  let shift: Int64
  /// How many changes of each writer are kept.
  let changeCount: Int

  func run(on connection: Connection) throws(PostgresError) {
    try self.repeatedly(self.commands, on: connection)
    try self.repeatedly(self.sessions, on: connection)
    let results = try connection.pipeline([self.indexers, Query(name: "writers", sql: "SELECT name FROM writers")])
    for row in 0..<results[1].count {
      try self.repeatedly(self.changes(of: results[1].text(row, 0)), on: connection)
    }
  }

  private func repeatedly(_ query: Query, on connection: Connection) throws(PostgresError) {
    for _ in 0..<Self.turnCount {
      guard try connection.pipeline([query])[0].integer(0, 0) == Self.pieceCount else { return }
    }
  }

  private var commands: Query {
    Query(
      name: "trim_commands",
      sql: """
        WITH removed AS (DELETE FROM commands WHERE id = ANY(ARRAY(
          SELECT id FROM commands WHERE time < $1::bigint + \(Query.now) ORDER BY time LIMIT $2::bigint
        )) RETURNING 1) SELECT count(*) FROM removed
        """,
      parameters: [self.ago(StorageLimits.commandMemory), String(Self.pieceCount)]
    )
  }

  private var sessions: Query {
    Query(
      name: "trim_sessions",
      sql: """
        WITH removed AS (DELETE FROM sessions WHERE id = ANY(ARRAY(
          SELECT id FROM sessions WHERE state = 2 AND ending < $1::bigint + \(Query.now)
          ORDER BY ending LIMIT $2::bigint
        )) RETURNING 1) SELECT count(*) FROM removed
        """,
      parameters: [self.ago(StorageLimits.sessionMemory), String(Self.pieceCount)]
    )
  }

  private var indexers: Query {
    Query(
      name: "trim_indexers",
      sql: "DELETE FROM indexers WHERE ending < $1::bigint + \(Query.now)",
      parameters: [self.ago(StorageLimits.indexerMemory)]
    )
  }

  /// A writer's own row stays: it must never begin to count anew.
  private func changes(of writer: String) -> Query {
    Query(
      name: "trim_changes",
      sql: """
        WITH over AS (
          SELECT max(sequence) + 1 AS first FROM (
            SELECT sequence, time FROM changes WHERE writer = $1 ORDER BY sequence LIMIT $2::bigint
          ) AS oldest
          WHERE time < $3::bigint + \(Query.now) OR sequence <= (SELECT last FROM writers WHERE name = $1) - $4::bigint
        ), moved AS (
          UPDATE writers SET first = over.first FROM over WHERE name = $1 AND over.first > writers.first
        ), removed AS (
          DELETE FROM changes WHERE writer = $1 AND sequence < (SELECT first FROM over) RETURNING 1
        ) SELECT count(*) FROM removed
        """,
      parameters: [
        writer, String(Self.pieceCount), self.ago(StorageLimits.changeMemory), String(self.changeCount),
      ]
    )
  }

  private func ago(_ duration: Duration) -> String { String(self.shift - duration.components.seconds * 1_000_000) }
}
