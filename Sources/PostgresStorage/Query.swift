internal import IndexAPI
internal import MediaUnits
internal import Storage

/// One prepared statement and its parameters in text form.
///
/// Only what every PostgreSQL-compatible database has: primary keys, ordinary indexes, row locks, `ON CONFLICT`.
struct Query {
  var name: String
  var sql: String
  var parameters: [String] = []

  static let hostColumns = "h.id, h.seats, h.offered, h.used, h.state, h.home, h.epoch"
  static let sessionColumns = "s.id, s.host, s.player, s.state, s.reason, s.ending"
  /// Microseconds since 1970, by the database's clock.
  static let now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

  static let begin = Query(name: "begin", sql: "BEGIN ISOLATION LEVEL READ COMMITTED")
  static let beginReading = Query(name: "begin_reading", sql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
  static let commit = Query(name: "commit", sql: "COMMIT")
  static let notify = Query(name: "notify", sql: "SELECT pg_notify('martlet_changes', '')")

  static func time(shift: Int64) -> Query {
    Query(name: "time", sql: "SELECT \(Self.now) + $1::bigint", parameters: [String(shift)])
  }

  static func commands(_ ids: [RequestID]) -> Query {
    Query(
      name: "commands",
      sql: "SELECT id, kind, value FROM commands WHERE id = ANY($1::uuid[])",
      parameters: [ids.literal(\.uuid)]
    )
  }

  /// Locks the lanes that players share, so that two indexers count a player's sessions one after the other.
  static func lockLanes(of players: [PlayerID]) -> Query {
    Query(
      name: "lock_lanes",
      sql: "SELECT number FROM lanes WHERE number = ANY($1::int[]) ORDER BY number FOR UPDATE",
      parameters: [Set(players.map { Int($0.low % UInt64(Schema.laneCount)) }).sorted().integerLiteral]
    )
  }

  /// Locks hosts, in the order of their identifiers: the named ones, those of the named sessions, and those of sessions
  /// that are to expire. Whoever changes a session holds its host's lock.
  static func lockHosts(_ wanted: Wanted, shift: Int64) -> Query {
    Query(
      name: "lock_hosts",
      sql: """
        SELECT \(Self.hostColumns) FROM hosts h WHERE id = ANY(ARRAY(
          SELECT unnest($1::uuid[])
          UNION SELECT host FROM sessions WHERE id = ANY($2::uuid[])
          UNION SELECT host FROM (
            SELECT host FROM sessions WHERE state < 2 AND ending <= \(Self.now) + $3::bigint
            ORDER BY ending, id LIMIT $4::bigint
          ) AS over
        )) ORDER BY id FOR UPDATE
        """,
      parameters: [
        wanted.hosts.literal(\.uuid), wanted.sessions.literal(\.uuid), String(shift), String(wanted.expiring),
      ]
    )
  }

  /// The named sessions, lapsed ones at the named hosts, all live ones at those that are offline, and live ones of the
  /// named players.
  static func sessions(_ wanted: Wanted, shift: Int64) -> Query {
    Query(
      name: "sessions",
      sql: """
        SELECT \(Self.sessionColumns) FROM sessions s WHERE id = ANY($1::uuid[])
        UNION SELECT \(Self.sessionColumns) FROM sessions s
          WHERE host = ANY($2::uuid[]) AND state < 2 AND ending <= \(Self.now) + $3::bigint
        UNION SELECT \(Self.sessionColumns) FROM sessions s WHERE host = ANY($6::uuid[]) AND state < 2
        UNION SELECT \(Self.sessionColumns) FROM sessions s WHERE player = ANY($4::uuid[]) AND state < 2
        UNION SELECT * FROM (
          SELECT \(Self.sessionColumns) FROM sessions s WHERE state < 2 AND ending <= \(Self.now) + $3::bigint
          ORDER BY ending, id LIMIT $5::bigint
        ) AS over
        """,
      parameters: [
        wanted.sessions.literal(\.uuid), wanted.hosts.literal(\.uuid), String(shift), wanted.players.literal(\.uuid),
        String(wanted.expiring), wanted.offlineHosts.literal(\.uuid),
      ]
    )
  }

  /// A host or session that is not yet known is inserted plainly: if another process has just done so, this fails, and
  /// the batch starts anew.
  static func writeHosts(_ rows: [HostRow], areNew: Bool) -> Query {
    let columns = "id, seats, offered, used, state, home, epoch"
    let source = "unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::text[], $6::text[], $7::bigint[])"
    return Query(
      name: areNew ? "add_hosts" : "change_hosts",
      sql: areNew
        ? "INSERT INTO hosts (\(columns)) SELECT * FROM \(source)"
        : """
        UPDATE hosts h SET seats = n.seats, offered = n.offered, used = n.used, state = n.state, home = n.home,
          epoch = n.epoch
        FROM \(source) AS n(\(columns)) WHERE h.id = n.id AND h.id = ANY($1::uuid[])
        """,
      parameters: [
        rows.literal(\.record.id.uuid), rows.map(\.record.seats).integerLiteral,
        rows.map(\.offeredSeats).integerLiteral,
        rows.map(\.usedSeats).integerLiteral, rows.map(\.state.rawValue).textLiteral, rows.map(\.home).textLiteral,
        rows.map(\.epoch).integerLiteral,
      ]
    )
  }

  static func writeRecords(_ records: [HostRecord]) -> Query {
    Query(
      name: "write_records",
      sql: """
        INSERT INTO records (id, body) SELECT * FROM unnest($1::uuid[], $2::bytea[])
        ON CONFLICT (id) DO UPDATE SET body = excluded.body
        """,
      parameters: [records.literal(\.id.uuid), records.map(\.body).byteaLiteral]
    )
  }

  static func writeSessions(_ rows: [ModelState.Session], areNew: Bool) -> Query {
    let columns = "id, host, player, state, reason, ending"
    let source = "unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::bigint[])"
    let states = rows.map { row -> (Int, String) in
      switch row.state {
      case .reserved: (0, "")
      case .running: (1, "")
      // Below 2, as everything that holds a seat.
      case .closing: (-1, "")
      case .ended(let reason): (2, reason)
      }
    }
    return Query(
      name: areNew ? "add_sessions" : "change_sessions",
      sql: areNew
        ? "INSERT INTO sessions (\(columns)) SELECT * FROM \(source)"
        : """
        UPDATE sessions s SET state = n.state, reason = n.reason, ending = n.ending
        FROM \(source) AS n(\(columns)) WHERE s.id = n.id AND s.id = ANY($1::uuid[])
        """,
      parameters: [
        rows.literal(\.id.uuid), rows.literal(\.host.uuid), rows.literal(\.player.uuid),
        states.map(\.0).integerLiteral, states.map(\.1).textLiteral,
        rows.map { $0.end.nanoseconds / 1000 }.integerLiteral,
      ]
    )
  }

  static func writeIndexers(_ rows: [ModelState.Indexer]) -> Query {
    Query(
      name: "write_indexers",
      sql: """
        INSERT INTO indexers (name, body, ending) SELECT * FROM unnest($1::text[], $2::bytea[], $3::bigint[])
        ON CONFLICT (name) DO UPDATE SET body = excluded.body, ending = excluded.ending
        """,
      parameters: [
        rows.map(\.record.name).textLiteral, rows.map(\.record.body).byteaLiteral,
        rows.map { $0.end.nanoseconds / 1000 }.integerLiteral,
      ]
    )
  }

  static func addCommands(_ commands: [(id: RequestID, outcome: Outcome)], time: Int64) -> Query {
    let stored = commands.map { StoredOutcome($0.outcome) }
    return Query(
      name: "add_commands",
      sql: """
        INSERT INTO commands (id, time, kind, value)
        SELECT id, $2::bigint, kind, value FROM unnest($1::uuid[], $3::int[], $4::bigint[]) AS n(id, kind, value)
        """,
      parameters: [
        commands.literal(\.id.uuid), String(time), stored.map(\.kind).integerLiteral,
        stored.map(\.value).integerLiteral,
      ]
    )
  }

  /// The writer's row is locked until the commit, so its numbers have no gaps and are never seen out of order.
  static func addChanges(_ keys: [ChangeKey], writer: String, time: Int64) -> Query {
    let parts = keys.map { key -> (Int, String, String) in
      switch key {
      case .host(let id): (0, id.uuid, "")
      case .session(let id): (1, id.uuid, "")
      case .indexer(let name): (2, String(repeating: "0", count: 32), name)
      }
    }
    return Query(
      name: "add_changes",
      sql: """
        WITH w AS (UPDATE writers SET last = last + $2::bigint WHERE name = $1 RETURNING last - $2::bigint AS base)
        INSERT INTO changes (writer, sequence, time, kind, id, name)
        SELECT $1, w.base + n.number, $3::bigint, n.kind, n.id, n.name
        FROM w, unnest($4::int[], $5::uuid[], $6::text[]) WITH ORDINALITY AS n(kind, id, name, number)
        """,
      parameters: [
        writer, String(keys.count), String(time), parts.map(\.0).integerLiteral, parts.literal(\.1),
        parts.map(\.2).textLiteral,
      ]
    )
  }

  /// What a batch is about.
  struct Wanted {
    var hosts: [HostID] = []
    /// Those among ``hosts`` whose sessions end.
    var offlineHosts: [HostID] = []
    var sessions: [SessionID] = []
    var players: [PlayerID] = []
    var expiring = 0
  }
}
