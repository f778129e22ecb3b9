import Foundation
import Testing

/// Twenty seconds of what `Tests/Chaos/run` does for minutes, and with less load, since other tests run beside it.
@Suite("A network of indexers that is hurt", .serialized, .timeLimit(.minutes(3)))
struct ChaosTests {
  private static let command = "\(Requirements.checkout)/Tests/Chaos/run"
  private static let needs: Comment = "needs the built martlet program, python3, and root for network namespaces"

  /// Whether the command says that this machine can run it.
  private static let hasNamespaces: Bool = {
    guard Requirements.has("python3") else { return false }
    let check = Process()
    check.executableURL = URL(fileURLWithPath: Self.command)
    check.arguments = ["--check", "--database", "postgres"]
    check.standardError = FileHandle.nullDevice
    guard (try? check.run()) != nil else { return false }
    check.waitUntilExit()
    return check.terminationStatus == 0
  }()

  @Test("gives no seat twice and loses none with SQLite", .enabled(if: Requirements.has("python3"), Self.needs))
  func sqlite() async throws {
    try await self.run("sqlite")
  }

  @Test("gives no seat twice and loses none with PostgreSQL", .enabled(if: Self.hasNamespaces, Self.needs))
  func postgres() async throws {
    try await self.run("postgres")
  }

  private func run(_ database: String) async throws {
    let folder = try TestFolder()
    let martlet = try #require(Requirements.martlet)
    let load = URL(fileURLWithPath: martlet).deletingLastPathComponent().appendingPathComponent("network-load").path
    let run = try ChildProgram(
      Self.command,
      [
        "--seconds", "20", "--database", database, "--hosts", "12", "--players", "24", "--martlet", martlet, "--load",
        load,
      ],
      in: folder,
      name: database,
      environment: ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]
    )
    let end = await run.waitForEnd(within: .seconds(150))
    #expect(end == .exited(0), "\(run.output)\n\(run.errors.suffix(4000))")
  }
}
