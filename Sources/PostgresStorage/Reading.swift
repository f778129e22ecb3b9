internal import IndexAPI
internal import MediaUnits
internal import Storage

/// What readers ask; each call is given one consistent state of the database.
enum Reading {
  static func snapshot(on connection: Connection, shift: Int64) throws(PostgresError) -> (Snapshot, Cursor) {
    let rows = try Self.transaction(
      [
        Query(
          name: "plan_for_all",
          sql: "SELECT set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true)"
        ),
        .time(shift: shift), Query(name: "all_writers", sql: "SELECT name, last FROM writers"),
        Query(name: "all_hosts", sql: "SELECT \(Query.hostColumns), r.body FROM hosts h JOIN records r ON r.id = h.id"),
        Query(name: "all_sessions", sql: "SELECT \(Query.sessionColumns) FROM sessions s WHERE state < 2"),
        Query(name: "all_indexers", sql: "SELECT name, body, ending FROM indexers"),
      ],
      on: connection
    )
    let now = rows[1].time(0, 0)
    var cursor = Cursor()
    for row in 0..<rows[2].count { cursor.sequences[rows[2].text(row, 0)] = rows[2].integer(row, 1) }
    let snapshot = Snapshot(
      hosts: (0..<rows[3].count).map { rows[3].host($0, hasBody: true) },
      sessions: (0..<rows[4].count).map { rows[4].session($0).row(now: now) },
      indexers: (0..<rows[5].count).map { rows[5].indexer($0).row(now: now) }
    )
    return (snapshot, cursor)
  }

  /// - Returns: `nil` if changes after the cursor have been removed.
  static func changes(
    after cursor: Cursor,
    limit: Int,
    on connection: Connection,
    shift: Int64
  ) throws(PostgresError) -> ([Change], Cursor)? {
    let names = Array(cursor.sequences.keys)
    let parameters = [names.textLiteral, names.map { cursor.sequences[$0] ?? 0 }.integerLiteral]
    let position =
      "SELECT w.name, w.first, coalesce(c.last, 0) AS last FROM writers w "
      + "LEFT JOIN unnest($1::text[], $2::bigint[]) AS c(name, last) ON c.name = w.name"
    let picked = """
      SELECT d.writer, d.sequence, d.kind, d.id, d.name FROM (\(position)) AS p CROSS JOIN LATERAL (
        SELECT *, row_number() OVER (ORDER BY sequence) AS turn FROM changes
        WHERE writer = p.name AND sequence > p.last ORDER BY sequence LIMIT $3::bigint
      ) AS d ORDER BY d.turn, d.writer LIMIT $3::bigint
      """
    let limited = parameters + [String(max(0, limit))]
    let rows = try Self.transaction(
      [
        .time(shift: shift), Query(name: "positions", sql: position, parameters: parameters),
        Query(name: "changes", sql: picked, parameters: limited),
        Query(
          name: "changed_hosts",
          sql: """
            SELECT \(Query.hostColumns), r.body FROM hosts h JOIN records r ON r.id = h.id WHERE h.id = ANY(ARRAY(
              SELECT CASE d.kind WHEN 0 THEN d.id ELSE (SELECT host FROM sessions WHERE id = d.id) END
              FROM (\(picked)) AS d WHERE d.kind < 2))
            """,
          parameters: limited
        ),
        Query(
          name: "changed_sessions",
          sql: """
            SELECT \(Query.sessionColumns) FROM sessions s WHERE id = ANY(ARRAY(
              SELECT d.id FROM (\(picked)) AS d WHERE d.kind = 1))
            """,
          parameters: limited
        ),
        Query(
          name: "changed_indexers",
          sql: """
            SELECT name, body, ending FROM indexers WHERE name = ANY(ARRAY(
              SELECT d.name FROM (\(picked)) AS d WHERE d.kind = 2))
            """,
          parameters: limited
        ),
      ],
      on: connection
    )
    for row in 0..<rows[1].count where rows[1].integer(row, 2) < rows[1].integer(row, 1) - 1 { return nil }
    let now = rows[0].time(0, 0)
    var next = cursor
    for row in 0..<rows[2].count { next.sequences[rows[2].text(row, 0)] = rows[2].integer(row, 1) }
    var changes: [Change] = (0..<rows[3].count).map { .host(rows[3].host($0, hasBody: true)) }
    changes += (0..<rows[4].count).map { .session(rows[4].session($0).row(now: now)) }
    changes += (0..<rows[5].count).map { .indexer(rows[5].indexer($0).row(now: now)) }
    return (changes, next)
  }

  static func lookup(_ key: Lookup, on connection: Connection, shift: Int64) throws(PostgresError) -> LookupResult {
    let query: Query =
      switch key {
      case .host(let id):
        Query(
          name: "host",
          sql: "SELECT \(Query.hostColumns), r.body FROM hosts h JOIN records r ON r.id = h.id WHERE h.id = $1::uuid",
          parameters: [id.uuid]
        )
      case .session(let id):
        Query(
          name: "session",
          sql: "SELECT \(Query.sessionColumns) FROM sessions s WHERE id = $1::uuid",
          parameters: [id.uuid]
        )
      case .sessions(let player):
        Query(
          name: "player_sessions",
          sql: "SELECT \(Query.sessionColumns) FROM sessions s WHERE player = $1::uuid AND state < 2 ORDER BY id",
          parameters: [player.uuid]
        )
      case .command(let id): .commands([id])
      }
    let results = try connection.pipeline([.time(shift: shift), query])
    let (now, rows) = (results[0].time(0, 0), results[1])
    switch key {
    case .sessions: return .sessions((0..<rows.count).map { rows.session($0).row(now: now) })
    case _ where rows.count == 0: return .nothing
    case .host: return .host(rows.host(0, hasBody: true))
    case .session: return .session(rows.session(0).row(now: now))
    case .command:
      let stored = StoredOutcome(kind: rows.integer(0, 1), value: rows.integer(0, 2))
      return stored.outcome.map(LookupResult.outcome) ?? .nothing
    }
  }

  private static func transaction(_ queries: [Query], on connection: Connection) throws(PostgresError) -> [Rows] {
    do throws(PostgresError) {
      return Array(try connection.pipeline([.beginReading] + queries + [.commit]).dropFirst().dropLast())
    } catch {
      if !error.isLost { _ = try connection.run("ROLLBACK") }
      throw error
    }
  }
}
