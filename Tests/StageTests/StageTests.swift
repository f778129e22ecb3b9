import Foundation
import GameStage
import MediaUnits
import Testing
import X11

@Suite(
  "A stage",
  .serialized,
  .enabled(if: StageUnderTest.isPossible, Comment(rawValue: StageUnderTest.reason)),
  .timeLimit(.minutes(1))
)
struct StageTests {
  /// A game that leaves a child in another session behind, which ignores requests to end.
  private static let stubborn = [
    "sh", "-c", "trap '' TERM; setsid sh -c 'trap \"\" TERM HUP; sleep 1000 & wait' & sleep 1000",
  ]

  private func start(_ command: [String], _ configuration: Stage.Configuration) throws -> Stage {
    try Stage(
      game: StageUnderTest.game(command),
      size: StageUnderTest.size,
      frameRate: 60,
      configuration: configuration
    )
  }

  private func remains(of stage: Stage) -> [String] {
    let number = stage.displayName.dropFirst()
    let paths = [stage.directory, "/tmp/.X\(number)-lock", "/tmp/.X11-unix/X\(number)"]
    return paths.filter { FileManager.default.fileExists(atPath: $0) }
      + StageUnderTest.processes(of: stage.directory).map { "process \($0)" }
  }

  @Test("leaves no process, socket or folder behind when it is stopped")
  func stop() throws {
    let configuration = try StageUnderTest.configuration()
    defer { try? FileManager.default.removeItem(atPath: configuration.root) }
    let stage = try self.start(Self.stubborn, configuration)
    // Supervisor, display, sound, the game's shell and sleep, and the stray shell and its sleep.
    #expect(StageUnderTest.eventually { StageUnderTest.processes(of: stage.directory).count >= 7 })
    stage.stop()
    #expect(self.remains(of: stage) == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: configuration.root) == [])
  }

  @Test("is ended in order when somebody else asks its supervisor to end")
  func supervisorAsked() throws {
    let configuration = try StageUnderTest.configuration()
    defer { try? FileManager.default.removeItem(atPath: configuration.root) }
    let stage = try self.start(Self.stubborn, configuration)
    kill(stage.supervisorPID, SIGTERM)
    #expect(StageUnderTest.eventually { self.remains(of: stage).isEmpty })
    stage.stop()
  }

  @Test("leaves nothing behind when its supervisor is killed and the stage is then stopped")
  func supervisorKilled() throws {
    let configuration = try StageUnderTest.configuration()
    defer { try? FileManager.default.removeItem(atPath: configuration.root) }
    let stage = try self.start(Self.stubborn, configuration)
    kill(stage.supervisorPID, SIGKILL)
    var events: [Stage.Event] = []
    _ = StageUnderTest.eventually {
      if let event = stage.poll() { events.append(event) }
      return !events.isEmpty
    }
    #expect(events == [.failed(.supervisorFailed(reason: "it ended unexpectedly"))])
    stage.stop()
    #expect(self.remains(of: stage) == [])
  }

  @Test("is swept by the next host when host and supervisor were both killed")
  func sweep() throws {
    let configuration = try StageUnderTest.configuration()
    defer { try? FileManager.default.removeItem(atPath: configuration.root) }
    let living = try self.start(["sleep", "1000"], configuration)
    let dead = try self.start(Self.stubborn, configuration)
    kill(dead.supervisorPID, SIGKILL)
    #expect(StageUnderTest.eventually { Stage.sweepStale(configuration: configuration) == 1 })
    #expect(self.remains(of: dead) == [])
    #expect(Stage.sweepStale(configuration: configuration) == 0)
    #expect(kill(living.gamePID, 0) == 0)
    living.stop()
    dead.stop()
  }

  @Test("tells how the game ended and what it said last")
  func gameEnds() throws {
    let configuration = try StageUnderTest.configuration()
    defer { try? FileManager.default.removeItem(atPath: configuration.root) }
    let exiting = try self.start(["sh", "-c", "echo no such level >&2; exit 3"], configuration)
    let crashing = try self.start(["sh", "-c", "kill -SEGV $$"], configuration)
    func event(of stage: Stage) -> Stage.Event? {
      var event: Stage.Event?
      _ = StageUnderTest.eventually {
        event = stage.poll()
        return event != nil
      }
      return event
    }
    #expect(event(of: exiting) == .gameExited(status: 3, lastWords: "no such level"))
    #expect(event(of: crashing) == .gameKilled(signal: Int(SIGSEGV), lastWords: ""))
    exiting.stop()
    crashing.stop()
  }

  @Test("gives the game its own home, display and sound server, and nothing of the host's environment")
  func environment() throws {
    let configuration = try StageUnderTest.configuration()
    defer { try? FileManager.default.removeItem(atPath: configuration.root) }
    setenv("MARTLET_TEST_SECRET", "secret", 1)
    let stage = try self.start(["sh", "-c", "env > env.tmp; mv env.tmp env; exec sleep 1000"], configuration)
    let path = "\(stage.directory)/home/env"
    #expect(StageUnderTest.eventually { FileManager.default.fileExists(atPath: path) })
    let lines = Set(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init))
    #expect(lines.contains("DISPLAY=\(stage.displayName)"))
    #expect(lines.contains("XAUTHORITY=\(stage.xauthorityPath)"))
    #expect(lines.contains("PULSE_SERVER=\(stage.soundServer)"))
    #expect(lines.contains("HOME=\(stage.directory)/home"))
    #expect(!lines.contains { $0.contains("SECRET") })
    stage.stop()
  }

  @Test("admits nobody without its credentials to its display")
  func credentials() throws {
    let configuration = try StageUnderTest.configuration()
    defer { try? FileManager.default.removeItem(atPath: configuration.root) }
    let stage = try self.start(["sleep", "1000"], configuration)
    let other = "\(configuration.root)/other"
    var record = [UInt8](try Data(contentsOf: URL(fileURLWithPath: stage.xauthorityPath)))
    record[record.count - 1] ^= 1
    try Data(record).write(to: URL(fileURLWithPath: other))
    #expect(throws: X11Error.self) { _ = try X11Connection(display: stage.displayName, xauthorityPath: other) }
    #expect(throws: Never.self) {
      _ = try X11Connection(display: stage.displayName, xauthorityPath: stage.xauthorityPath)
    }
    stage.stop()
  }

  @Test("says in a sentence what is missing")
  func missingPrograms() throws {
    var configuration = try StageUnderTest.configuration()
    defer { try? FileManager.default.removeItem(atPath: configuration.root) }
    #expect(throws: StageError.commandNotFound("no-such-game")) { _ = try self.start(["no-such-game"], configuration) }
    let small = PictureSize(width: 641, height: 480)
    #expect(throws: StageError.unsupportedPicture("pictures of 641x480")) {
      _ = try Stage(game: StageUnderTest.game(["sleep"]), size: small, frameRate: 60, configuration: configuration)
    }
    configuration.searchPath = "/nonexistent"
    let missing = StageError.missingProgram(name: "Xvfb", debianPackage: "xvfb")
    #expect(throws: missing) { _ = try self.start(["sleep"], configuration) }
    #expect("\(missing)".contains("apt install xvfb"))
    #expect(throws: missing) { try Stage.checkPrograms(configuration: configuration) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: configuration.root) == [])
  }

  @Test("is given up in the middle of its start when nobody wants it any more, and leaves nothing behind")
  func givenUp() throws {
    var configuration = try StageUnderTest.configuration()
    defer { try? FileManager.default.removeItem(atPath: configuration.root) }
    try StageUnderTest.replaceDisplay("exec sleep 1000", in: &configuration)
    let startedAt = ContinuousClock.now
    var directory: String?
    do {
      _ = try Stage(
        game: StageUnderTest.game(["sleep", "1000"]),
        size: StageUnderTest.size,
        frameRate: 60,
        configuration: configuration
      ) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: configuration.root)) ?? []
        directory = names.first { $0.hasPrefix("martlet-stage-") }.map { "\(configuration.root)/\($0)" }
        // Supervisor, display and sound.
        return directory.map { StageUnderTest.processes(of: $0).count < 3 } ?? true
      }
      Issue.record("a stage without a display is ready")
    } catch {
      #expect(error == .givenUp)
    }
    // A display that says nothing is waited for for fifteen seconds.
    #expect(ContinuousClock.now - startedAt < .seconds(10))
    #expect(StageUnderTest.processes(of: try #require(directory)) == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: configuration.root) == ["bin"])
  }

  @Test("passes on why its display does not start")
  func displayFails() throws {
    var configuration = try StageUnderTest.configuration()
    defer { try? FileManager.default.removeItem(atPath: configuration.root) }
    try StageUnderTest.replaceDisplay("echo '(EE) no screens found' >&2\necho '(EE)' >&2\nexit 1", in: &configuration)
    let failure = StageError.displayFailed(reason: "it ended with status 1: (EE) no screens found")
    #expect(throws: failure) { _ = try self.start(["sleep", "1000"], configuration) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: configuration.root) == ["bin"])
  }
}
