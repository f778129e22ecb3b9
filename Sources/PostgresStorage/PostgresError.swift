internal import Storage

/// Why the server did not do as asked.
enum PostgresError: Error {
  /// The connection is gone; what was sent may have taken effect.
  case lost(String)
  /// The statement failed, with its SQLSTATE; nothing of its transaction takes effect.
  case failed(state: String, message: String)

  /// Whether the same commands may well succeed if they are sent again.
  ///
  /// - Source: PostgreSQL 15, appendix A: serialization failures and deadlocks, connections, shutdown, timeouts; a
  ///   unique violation means that another process has just written the same, which the next try reads.
  var isPassing: Bool {
    switch self {
    case .lost: true
    case .failed(let state, _):
      state.hasPrefix("08") || state.hasPrefix("53") || state.hasPrefix("57") || state == "25P03"
        || ["40001", "40P01", "55P03", "23505", "25006"].contains(state)
    }
  }

  var isLost: Bool {
    switch self {
    case .lost: true
    case .failed(let state, _):
      state.hasPrefix("08") || state.hasPrefix("57P") || state == "25P03" || state == "25006"
    }
  }

  var storageError: StorageError {
    switch self {
    case .lost(let message): .unavailable("PostgreSQL cannot be reached: \(message)")
    case .failed(let state, let message) where self.isPassing: .unavailable("PostgreSQL: \(message) (\(state))")
    case .failed(let state, let message): .unusable("PostgreSQL: \(message) (\(state))")
    }
  }
}
