import Foundation
import IndexAPI
import PostgresStorage
import Storage
import Testing

@Suite(
  "A database that another version of Martlet has used",
  .timeLimit(.minutes(1)),
  .enabled(if: PostgresServer.isInstalled, "needs PostgreSQL")
)
struct SchemaVersionTests {
  private let url: String

  init() async throws {
    self.url = try #require(PostgresServer.shared).makeDatabase()
    _ = try await PostgresStore(url: self.url, name: "first")
  }

  @discardableResult
  private func sql(_ statement: String) throws -> String {
    let (status, output) = PostgresServer.run("/usr/bin/psql", [self.url, "-qAtc", statement])
    try #require(status == 0)
    return output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private var version: String { get throws { try self.sql("SELECT version FROM martlet_schema") } }

  private func refusal() async -> String? {
    do {
      _ = try await PostgresStore(url: self.url, name: "second", patience: .zero)
      return nil
    } catch StorageError.unusable(let reason) {
      return reason
    } catch {
      return "\(error)"
    }
  }

  @Test("is left alone if it is of a later version, and the refusal says what to do")
  func later() async throws {
    let own = try self.version
    try self.sql("UPDATE martlet_schema SET version = 99")
    let refusal = try #require(await self.refusal())
    #expect(refusal.contains("version 99") && refusal.contains(own) && refusal.contains("start a later Martlet"))
    #expect(try self.version == "99")
  }

  @Test("is not taken over from indexers of an older version that are alive; from dead ones it is")
  func older() async throws {
    let own = try self.version
    let old = try await PostgresStore(url: self.url, name: "old")
    let record = IndexerRecord(name: "old-indexer", body: [])
    _ = try await old.apply([Command(id: RequestID(high: 1, low: 1), action: .announce(record, lease: .seconds(60)))])
    try self.sql("UPDATE martlet_schema SET version = 1")
    let refusal = try #require(await self.refusal())
    #expect(refusal.contains("old-indexer") && refusal.contains("stop all of them"))
    #expect(try self.version == "1")
    try self.sql("UPDATE indexers SET ending = 0")
    #expect(await self.refusal() == nil)
    #expect(try self.version == own)
  }

  @Test("is not written to by an indexer that was stopped while a later version took it over")
  func stopped() async throws {
    let store = try await PostgresStore(url: self.url, name: "old")
    func announce(_ number: UInt64) async throws {
      let record = IndexerRecord(name: "old", body: [])
      let command = Command(id: RequestID(high: 2, low: number), action: .announce(record, lease: .seconds(60)))
      _ = try await store.apply([command])
    }
    try await announce(1)
    try self.sql("UPDATE martlet_schema SET version = 99")
    try self.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'martlet' "
        + "AND datname = current_database()"
    )
    let error = await #expect(throws: StorageError.self) { try await announce(2) }
    guard case .unusable(let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("version 99"))
    #expect(try self.sql("SELECT count(*) FROM commands WHERE id = '00000000-0000-0002-0000-000000000002'") == "0")
  }
}
