import Foundation
import IndexAPI
import MediaUnits
import SQLiteStorage
import Storage
import Testing

@Suite("SQLite's log has room before it is needed", .timeLimit(.minutes(1)))
struct SQLiteLogTests {
  @Test("so that commits write over what is there, and what they wrote is read up to its end")
  func room() async throws {
    let directory = try StoreKind.makeDirectory()
    let store = try SQLiteStore(directory: directory)
    let before = try Self.byteCount(directory)
    #expect(before >= 256 << 10)
    var random = SplitMix64(seed: 51)
    _ = try await store.apply([Self.registration(1, &random)])
    #expect(try Self.byteCount(directory) == before, "a commit does not make the log longer")

    // More than there was room for.
    for _ in 0..<10 { _ = try await store.apply((0..<8).map { _ in Self.registration(60_000, &random) }) }
    let later = try Self.byteCount(directory)
    _ = try await store.apply([Self.registration(1, &random)])
    #expect(try Self.byteCount(directory) == later, "there is room again")

    // What a machine that loses its power leaves behind.
    let copy = try StoreKind.makeDirectory()
    for file in ["network.sqlite", "network.sqlite-wal"] {
      try FileManager.default.copyItem(atPath: "\(directory)/\(file)", toPath: "\(copy)/\(file)")
    }
    let snapshot = try await SQLiteStore(directory: copy).snapshot().0
    #expect(Set(snapshot.hosts) == Set(try await store.snapshot().0.hosts))
    #expect(snapshot.hosts.count == 82)
  }

  private static func registration(_ byteCount: Int, _ random: inout SplitMix64) -> Command {
    let record = HostRecord(id: .random(using: &random), seats: 1, body: Array(repeating: 7, count: byteCount))
    return Command(id: .random(using: &random), action: .register(record))
  }

  /// Of the log.
  private static func byteCount(_ directory: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/network.sqlite-wal")
    return try #require(attributes[.size] as? Int)
  }
}
