/// The tables. Times are microseconds since 1970, by the database's clock.
enum Schema {
  /// Rows that are only there to be locked for the players that share them: so many that two batches seldom meet.
  static let laneCount = 65536

  /// Run by every indexer at its start, one after another.
  static let sql = """
    BEGIN;
    SELECT pg_advisory_xact_lock(5572444);
    CREATE TABLE IF NOT EXISTS martlet_schema (version int NOT NULL);
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
    INSERT INTO martlet_schema SELECT 1 WHERE NOT EXISTS (SELECT FROM martlet_schema);
    COMMIT;
    SELECT version FROM martlet_schema
    """
  static let version: Int64 = 1
}
