/// The tables. Times are microseconds since 1970, by the database's clock.
enum Schema {
  /// Rows that are only there to be locked for the players that share them: so many that two batches seldom meet.
  static let laneCount = 65536

  /// What this program reads and writes. 2: sessions that are closing, which version 1 takes for ended.
  static let version: Int64 = 2

  /// Run by every indexer at its start, one after another: begins a transaction, and says which version there is.
  static let begin = """
    BEGIN;
    SELECT pg_advisory_xact_lock(5572444);
    CREATE TABLE IF NOT EXISTS martlet_schema (version int NOT NULL);
    SELECT version FROM martlet_schema
    """

  /// Indexers that are alive.
  static let living = """
    SELECT name FROM indexers WHERE ending > (extract(epoch FROM clock_timestamp()) * 1000000)::bigint ORDER BY name
    """

  /// Version 1 differs from 2 in nothing but what its programs understand. One that was stopped and goes on has to
  /// connect anew, and finds a version that it does not know.
  static let upgrade = """
    UPDATE martlet_schema SET version = \(version);
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'martlet' AND datname = current_database() AND usename = current_user
        AND pid <> pg_backend_pid();
    COMMIT
    """

  static let create = """
    CREATE TABLE IF NOT EXISTS hosts (
      id uuid PRIMARY KEY, seats int NOT NULL, offered int NOT NULL, used int NOT NULL CHECK (used BETWEEN 0 AND 64),
      state text NOT NULL, home text NOT NULL, epoch bigint NOT NULL
    ) WITH (fillfactor = 70);
    CREATE TABLE IF NOT EXISTS records (id uuid PRIMARY KEY, body bytea NOT NULL);
    CREATE TABLE IF NOT EXISTS lanes (number int PRIMARY KEY) WITH (fillfactor = 70);
    INSERT INTO lanes SELECT generate_series(0, \(laneCount - 1)) WHERE NOT EXISTS (SELECT FROM lanes);
    CREATE TABLE IF NOT EXISTS sessions (
      id uuid PRIMARY KEY, host uuid NOT NULL, player uuid NOT NULL, state int NOT NULL, reason text NOT NULL,
      ending bigint NOT NULL
    );
    CREATE INDEX IF NOT EXISTS sessions_at_host ON sessions (host, ending) WHERE state < 2;
    CREATE INDEX IF NOT EXISTS sessions_of_player ON sessions (player) WHERE state < 2;
    CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (ending) WHERE state < 2;
    CREATE INDEX IF NOT EXISTS sessions_ended ON sessions (ending) WHERE state = 2;
    CREATE TABLE IF NOT EXISTS indexers (name text PRIMARY KEY, body bytea NOT NULL, ending bigint NOT NULL);
    CREATE TABLE IF NOT EXISTS commands (
      id uuid PRIMARY KEY, time bigint NOT NULL, kind int NOT NULL, value bigint NOT NULL
    );
    CREATE INDEX IF NOT EXISTS commands_by_time ON commands (time);
    CREATE TABLE IF NOT EXISTS writers (
      name text PRIMARY KEY, last bigint NOT NULL DEFAULT 0, first bigint NOT NULL DEFAULT 1
    );
    CREATE TABLE IF NOT EXISTS changes (
      writer text NOT NULL, sequence bigint NOT NULL, time bigint NOT NULL, kind int NOT NULL, id uuid NOT NULL,
      name text NOT NULL, PRIMARY KEY (writer, sequence)
    );
    INSERT INTO martlet_schema VALUES (\(version));
    COMMIT
    """
}

extension Schema {
  /// What came of ``open(on:)``.
  enum Opening {
    case ready
    /// Indexers of an older version are alive, or were some seconds ago.
    case inUse(by: [String])
    /// The tables are of a later version.
    case later(Int64)
  }

  /// Makes the tables, or brings them to this version where nobody uses them any more.
  static func open(on connection: Connection) throws(PostgresError) -> Opening {
    do throws(PostgresError) {
      return try Self.transaction(on: connection)
    } catch {
      if !error.isLost { _ = try connection.run("ROLLBACK") }
      throw error
    }
  }

  private static func transaction(on connection: Connection) throws(PostgresError) -> Opening {
    let found = try connection.run(Self.begin).last
    guard let found, found.count > 0 else {
      _ = try connection.run(Self.create)
      return .ready
    }
    let version = found.integer(0, 0)
    if version == Self.version {
      _ = try connection.run("COMMIT")
      return .ready
    }
    guard version < Self.version else {
      _ = try connection.run("ROLLBACK")
      return .later(version)
    }
    let living = try connection.run(Self.living).last
    let names = living.map { rows in (0..<rows.count).map { rows.text($0, 0) } } ?? []
    guard names.isEmpty else {
      _ = try connection.run("ROLLBACK")
      return .inUse(by: names)
    }
    _ = try connection.run(Self.upgrade)
    return .ready
  }
}
