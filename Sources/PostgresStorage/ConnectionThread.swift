internal import Dispatch
internal import Storage

/// A connection and the thread that waits for it, away from Swift's own.
final class ConnectionThread: Sendable {
  private let url: String
  private let checksVersion: Bool
  private let queue: DispatchQueue
  // SAFETY: only what runs on the serial queue reads or writes it.
  private nonisolated(unsafe) var connection: Connection?

  /// - Parameter checksVersion: whether a connection is of no use when the tables are of another version: while it was
  ///   lost, a later version may have taken the database over.
  init(url: String, name: String, checksVersion: Bool = true) {
    self.url = url
    self.checksVersion = checksVersion
    self.queue = DispatchQueue(label: name)
  }

  /// Runs `body` on the connection, which is made anew if it is lost.
  ///
  /// - Parameter tries: how often, if what went wrong may well pass.
  func run<Value: Sendable>(
    tries: Int = 4,
    _ body: @escaping @Sendable (Connection) throws(PostgresError) -> Value
  ) async throws(StorageError) -> Value {
    let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
      self.queue.async { continuation.resume(returning: self.attempt(tries: tries, body)) }
    }
    return try result.get()
  }

  /// Runs `body` once, some time, and lets a failure be.
  func start(_ body: @escaping @Sendable (Connection) throws(PostgresError) -> Void) {
    self.queue.async { _ = self.attempt(tries: 1, body) }
  }

  private func attempt<Value>(
    tries: Int,
    _ body: (Connection) throws(PostgresError) -> Value
  ) -> Result<Value, StorageError> {
    var pause: UInt32 = 1000
    var last: PostgresError?
    for attempt in 1...tries {
      do throws(PostgresError) {
        return .success(try body(try self.current()))
      } catch {
        if error.isLost || self.connection?.isUsable == false { self.connection = nil }
        last = error
        guard error.isPassing else { break }
      }
      if attempt < tries {
        Pause.microseconds(pause)
        pause = min(pause * 8, 200_000)
      }
    }
    return .failure(last?.storageError ?? .unavailable("PostgreSQL cannot be reached"))
  }

  private func current() throws(PostgresError) -> Connection {
    if let connection = self.connection, connection.isUsable { return connection }
    self.connection = nil
    let connection = try Connection(url: self.url)
    if self.checksVersion {
      let version = try connection.run("SELECT version FROM martlet_schema").last?.integer(0, 0) ?? 0
      guard version == Schema.version else {
        throw .failed(state: "XX000", message: "the tables are of version \(version) now, not \(Schema.version)")
      }
    }
    self.connection = connection
    return connection
  }
}
