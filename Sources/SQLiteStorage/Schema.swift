internal import GRDB

/// The tables of `network.sqlite`. Times are nanoseconds of the store's clock.
///
/// Everything is looked up in memory, so nothing but the keys is indexed, and what is written often is written at the
/// end of its table. A host's used seats are not kept: they are its live sessions.
enum Schema {
  /// "Mtlt": tells our files from other programs'.
  static let applicationID: Int64 = 0x4D74_6C74

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(
        sql: """
          CREATE TABLE hosts (
            id BLOB PRIMARY KEY, seats INTEGER NOT NULL, offered INTEGER NOT NULL, state TEXT NOT NULL,
            home TEXT NOT NULL, epoch INTEGER NOT NULL
          ) WITHOUT ROWID;
          CREATE TABLE records (id BLOB PRIMARY KEY NOT NULL, body BLOB NOT NULL);
          CREATE TABLE sessions (
            slot INTEGER PRIMARY KEY, id BLOB NOT NULL, host BLOB NOT NULL, player BLOB NOT NULL,
            state INTEGER NOT NULL, end INTEGER NOT NULL, reason TEXT
          );
          CREATE TABLE indexers (name TEXT PRIMARY KEY, body BLOB NOT NULL, end INTEGER NOT NULL) WITHOUT ROWID;
          CREATE TABLE batches (sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, outcomes BLOB NOT NULL);
          CREATE TABLE openings (count INTEGER NOT NULL);
          INSERT INTO openings VALUES (0);
          """
      )
    }
    // Sessions that are closing, which version 1 takes for ended; the tables are the same.
    migrator.registerMigration("2") { _ in }
    return migrator
  }
}
