import Foundation
import Glibc
import Handshake
import Logging
import MediaUnits
import SessionProtocol
import SessionReport
import StreamPlayer
import Testing

extension EndToEnd {
  @Suite("A host that is lost", .serialized, .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment))
  struct HostLoss {
    private let folder: TestFolder
    private let first: RunningHost
    private let second: RunningHost

    init() async throws {
      self.folder = try TestFolder()
      let keys = ["--key", self.folder.file("second.key")]
      self.first = try await RunningHost(game: RunningHost.freedoom, in: self.folder, name: "first")
      self.second = try await RunningHost(
        game: RunningHost.freedoom,
        in: self.folder,
        arguments: keys,
        name: "second"
      )
    }

    private func configuration(_ source: HostSequence) -> PlayerConfiguration {
      var configuration = PlayerConfiguration(source: source, identity: StaticKeyPair())
      configuration.size = PictureSize(width: 320, height: 200)
      configuration.recordingPath = self.folder.file("session.mkv")
      configuration.statisticsPath = self.folder.file("frames.jsonl")
      return configuration
    }

    private var hosts: HostSequence {
      get throws {
        HostSequence(
          try [self.first, self.second].map { HostOffer(address: try HostAddress(parsing: $0.address)) }
        )
      }
    }

    /// Frames in the order in which they were decoded, which must be that of their numbers, with none twice.
    private func expectOneStream(_ outcome: PlayerClient.Outcome) async throws -> [FrameRecord] {
      let frames = try FrameRecord.read(self.folder.file("frames.jsonl"))
      #expect(frames.count == Int(outcome.summary.framesDecoded))
      #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.frame < $1.frame })
      let recording = Recording(path: self.folder.file("session.mkv"), folder: self.folder)
      #expect(try await recording.thumbnails().count == frames.count)
      return frames
    }

    @Test("by kill -9 in mid-game: the picture is back on another host within five seconds, in the same recording")
    func killed() async throws {
      let hosts = try self.hosts
      let client = try PlayerClient(self.configuration(hosts), logger: Logger(label: "test"))
      async let playing = client.play()
      try #require(await self.first.process.waitForError("runs: display"), "\(self.first.log)")
      try await Task.sleep(for: .seconds(2))
      self.first.process.send(SIGKILL)
      let killedAt = monotonicNanoseconds()
      try #require(await self.second.process.waitForError("runs: display"), "\(self.second.log)")
      try await Task.sleep(for: .seconds(2))
      client.stop()
      let outcome = try await playing

      #expect(outcome.end == .finished)
      #expect(hosts.losses == [.hostLost])
      #expect(outcome.summary.hostCount == 2)
      let gap = try #require(outcome.summary.hostGapNanoseconds.first)
      #expect(outcome.summary.hostGapNanoseconds.count == 1 && gap < 5_000_000_000)
      let frames = try await self.expectOneStream(outcome)
      let after = try #require(frames.first { $0.decodedNs > killedAt + 100_000_000 })
      #expect(after.decodedNs - killedAt < 5_000_000_000)
      #expect(frames.last.map { $0.decodedNs - after.decodedNs > 1_000_000_000 } == true)
      await self.second.stop()
    }

    @Test("because it shuts down: the game goes on elsewhere at once")
    func shutDown() async throws {
      let hosts = try self.hosts
      let client = try PlayerClient(self.configuration(hosts), logger: Logger(label: "test"))
      async let playing = client.play()
      try #require(await self.first.process.waitForError("runs: display"), "\(self.first.log)")
      try await Task.sleep(for: .seconds(1))
      self.first.process.send(SIGTERM)
      try #require(await self.second.process.waitForError("runs: display"), "\(self.second.log)")
      try await Task.sleep(for: .seconds(1))
      client.stop()
      let outcome = try await playing
      #expect(hosts.losses == [.closedByHost(reason: "the host is shutting down")])
      #expect(outcome.summary.hostCount == 2)
      #expect((outcome.summary.hostGapNanoseconds.first ?? .max) < 2_000_000_000)
      _ = try await self.expectOneStream(outcome)
      await self.second.stop()
    }

    @Test("along with its game, because that ended: the session is over")
    func gameOver() async throws {
      let hosts = try self.hosts
      let client = try PlayerClient(self.configuration(hosts), logger: Logger(label: "test"))
      async let playing = client.play()
      try #require(await self.first.process.waitForError("runs: display"), "\(self.first.log)")
      kill(try #require(self.folder.stageProcess(named: "chocolate-doom")), SIGKILL)
      let outcome = try await playing
      guard case .closedByHost(let reason?) = outcome.end else {
        Issue.record("\(outcome.end)")
        return
      }
      #expect(reason.hasPrefix("the game ended"))
      #expect(hosts.losses.isEmpty)
      await self.first.stop()
      await self.second.stop()
    }

    @Test("before it was found: one that does not answer, and one with another key, are passed over")
    func passedOver() async throws {
      let good = HostOffer(address: try HostAddress(parsing: self.second.address))
      let nobody = try HostAddress(parsing: "martlet://127.0.0.1:9#\(self.second.key)")
      let other = try HostAddress(parsing: "martlet://127.0.0.1:\(self.first.port)#\(self.second.key)")
      let hosts = HostSequence([HostOffer(address: nobody), HostOffer(address: other), good])
      var configuration = self.configuration(hosts)
      configuration.duration = .seconds(1)
      let outcome = try await PlayerClient(configuration, logger: Logger(label: "test")).play()
      #expect(outcome.end == .finished)
      #expect(hosts.losses == [.unreachable, .wrongHostKey])
      #expect(outcome.summary.hostCount == 1 && outcome.summary.hostGapNanoseconds.isEmpty)
      await self.first.stop()
      await self.second.stop()
    }
  }
}
