import Foundation
import MediaUnits
import PostgresStorage
import SQLiteStorage
import Storage
import Synchronization
import Testing

/// The stores that one suite runs against.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
  case model, sqlite, postgres

  static var available: [StoreKind] { Self.allCases.filter { $0 != .postgres || PostgresServer.isInstalled } }

  var testDescription: String { self.rawValue }

  /// A fresh store, whose clock is moved by `shift`; PostgreSQL's also goes on by itself.
  func makeStore(
    shift: Shift = Shift(),
    changeCount: Int = StorageLimits.changeCount
  ) async throws -> any NetworkStore {
    switch self {
    case .model:
      return ModelStore(
        now: { Instant.zero + shift.value },
        clock: ContinuousClock(),
        changeCount: changeCount
      )
    case .sqlite:
      return try SQLiteStore(
        directory: try Self.makeDirectory(),
        now: { Instant.zero + shift.value },
        changeCount: changeCount
      )
    case .postgres:
      let server = PostgresServer.shared!
      return try await PostgresStore(
        url: try server.makeDatabase(),
        name: "one",
        changeCount: changeCount,
        shift: { shift.value }
      )
    }
  }

  /// Holds every directory of this test run, and goes with it.
  private static let root: String = {
    atexit { try? FileManager.default.removeItem(atPath: StoreKind.root) }
    return NSTemporaryDirectory() + "martlet-storage-\(ProcessInfo.processInfo.processIdentifier)"
  }()

  static func makeDirectory() throws -> String {
    let directory = "\(Self.root)/\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    return directory
  }
}

/// How far a test has moved the clock.
final class Shift: Sendable {
  private let duration = Mutex(Duration.zero)

  var value: Duration { self.duration.withLock { $0 } }

  func advance(by duration: Duration) { self.duration.withLock { $0 += duration } }
}
