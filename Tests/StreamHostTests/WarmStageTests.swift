import DatagramIO
import Foundation
import IndexAPI
import MediaUnits
import SessionProtocol
import Testing

@testable import StreamHost

extension HostTests {
  @Suite("Warm stages")
  struct WarmStageTests {
    @Test("a session takes the warm stage at once, and another takes its place", .timeLimit(.minutes(1)))
    func taken() async throws {
      let host = try HostUnderTest(seats: 2, warmStages: 1)
      try #require(await host.eventually { $0.server.occupancy.warmStages == 1 })
      let first = host.stageDirectories
      #expect(first.count == 1)
      let start = try #require(try TestPlayer().ask(host))
      // A cold stage takes at least the start of an X server, some hundreds of milliseconds.
      #expect(start.firstPacketAfter < .milliseconds(150), "\(start.firstPacketAfter)")
      #expect(await host.eventually { $0.server.occupancy.freeSeats == 1 && $0.server.occupancy.warmStages == 1 })
      #expect(host.stageDirectories.count == 2)
      #expect(Set(host.stageDirectories).isSuperset(of: first))
    }

    @Test("a picture of another size is given a stage of its own", .timeLimit(.minutes(1)))
    func otherSize() async throws {
      let host = try HostUnderTest(seats: 1, warmStages: 1)
      try #require(await host.eventually { $0.server.occupancy.warmStages == 1 })
      let start = try #require(try TestPlayer().ask(host, size: PictureSize(width: 320, height: 240)))
      #expect(start.grant.terms.picture == PictureSize(width: 320, height: 240))
      // The only seat is taken, so nothing may stand by.
      #expect(await host.eventually { $0.server.occupancy.warmStages == 0 && $0.stageDirectories.count == 1 })
    }

    @Test("a warm game that is killed is replaced", .timeLimit(.minutes(1)))
    func killed() async throws {
      let host = try HostUnderTest(warmStages: 1)
      try #require(await host.eventually { $0.server.occupancy.warmStages == 1 })
      let game = try #require(host.processes(named: "sleep").first)
      kill(game, SIGKILL)
      #expect(await host.eventually { $0.server.occupancy.warmStages == 0 })
      #expect(await host.eventually { $0.server.occupancy.warmStages == 1 })
      let next = try #require(host.processes(named: "sleep").first)
      #expect(next != game)
    }

    @Test("a game that ends at once is not started over and over", .timeLimit(.minutes(1)))
    func broken() async throws {
      let host = try HostUnderTest(command: ["false"], warmStages: 1)
      // Starts at 0, then at least 0.5 s and 1 s after each end; unlimited, there would be one every 0.3 s or so.
      var seen: Set<String> = []
      for _ in 0..<200 {
        seen.formUnion(host.stageDirectories)
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect((1...3).contains(seen.count), "\(seen.count)")
    }

    @Test(
      "a stage is kept for as long as its session may come, and longer if its player asks again",
      .timeLimit(.minutes(1))
    )
    func kept() async throws {
      let host = try HostUnderTest(seats: 2, warmStages: 2)
      try #require(await host.eventually { $0.server.occupancy.warmStages == 2 })
      let now = Int64(Date().timeIntervalSince1970)
      // With the five seconds that clocks may differ by, for about two seconds more.
      for (session, startBy) in [(1, now - 3), (2, now - 3), (1, now + 60)] as [(UInt64, Int64)] {
        host.server.prepare(
          SessionPreparation(session: SessionID(high: 7, low: session), picture: nil, startBy: startBy)
        )
      }
      #expect(await host.eventually { $0.server.occupancy.keptStages == 2 })
      #expect(await host.eventually { $0.server.occupancy.keptStages == 1 && $0.server.occupancy.warmStages == 1 })
    }

    @Test("everything ends with the host", .timeLimit(.minutes(1)))
    func end() async throws {
      let host = try HostUnderTest(seats: 2, warmStages: 2)
      try #require(await host.eventually { $0.server.occupancy.warmStages == 2 })
      host.server.stop()
      #expect(host.stageDirectories.isEmpty)
      #expect(host.processes(named: "sleep").isEmpty && host.processes(named: "Xvfb").isEmpty)
    }

    @Test("a stage that is still starting ends with the host, too", .timeLimit(.minutes(1)))
    func endInTheMiddle() async throws {
      // A display that never comes up, which is waited for for fifteen seconds.
      let host = try HostUnderTest(warmStages: 1, display: "exec sleep 1000")
      try #require(await host.eventually { !$0.processes(named: "sleep").isEmpty })
      let askedAt = Instant.now
      host.server.stop()
      #expect(Instant.now - askedAt < .seconds(8))
      #expect(host.stageDirectories.isEmpty)
      #expect(host.processes(named: "sleep").isEmpty && host.processes(named: "pulseaudio").isEmpty)
    }

    @Test("the host answers round trip probes", .timeLimit(.minutes(1)))
    func probes() async throws {
      let host = try HostUnderTest()
      let nobody = try SocketAddress(parsing: "127.0.0.1:9")
      let results = try await RoundTripProbe.measure([host.server.localAddress, nobody], limit: .milliseconds(500))
      let answer = try #require(results[0])
      #expect(answer.lostCount == 0 && answer.median < .milliseconds(100))
      #expect(results[1] == nil)
      // 24 a source at once: the rest of twelve measurements goes unanswered.
      var lost = 0
      for _ in 0..<12 {
        let again = try await RoundTripProbe.measure([host.server.localAddress], limit: .milliseconds(20))
        lost += again[0]?.lostCount ?? 5
      }
      #expect(lost >= 30)
    }
  }
}
