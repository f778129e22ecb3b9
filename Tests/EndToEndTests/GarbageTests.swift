import Foundation
import MediaUnits
import Testing

extension EndToEnd {
  @Suite("Garbage", .serialized, .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment))
  struct Garbage {
    /// Random bytes, and real datagrams that were replayed, cut short, padded, or damaged in some bits.
    private static func datagrams(from real: [[UInt8]], count: Int, seed: UInt64) -> [[UInt8]] {
      var random = SplitMix64(seed: seed)
      // Made once: each datagram's noise is a part of it that begins somewhere else.
      let pool = (0..<80_000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      func noise(_ count: Int) -> [UInt8] {
        let start = Int.random(in: 0...pool.count - count, using: &random)
        return Array(pool[start..<start + count])
      }
      return (0..<count).map { _ in
        var datagram = real.randomElement(using: &random) ?? []
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30:
          datagram = noise(Int.random(in: 0...1500, using: &random))
        case 30..<32:
          datagram = noise(65_507)
        case 32..<45:
          // Sorted by its first byte, so that every kind gets its share.
          datagram = noise(Int.random(in: 1...1500, using: &random))
          datagram[0] = [4, 5, 6, 7, 128, 144, 191, 20, 0].randomElement(using: &random) ?? 4
        case 45..<60:
          break
        case 60..<75:
          datagram.removeLast(Int.random(in: 0...datagram.count, using: &random))
        case 75..<80:
          datagram += noise(Int.random(in: 1...3000, using: &random))
        default:
          for _ in 0..<Int.random(in: 1...8, using: &random) where !datagram.isEmpty {
            datagram[Int.random(in: 0..<datagram.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
          }
        }
        return datagram
      }
    }

    private static func residentKilobytes(of pid: pid_t) -> Int {
      let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
      return text.firstMatch(of: /VmRSS:\s+(\d+) kB/).flatMap { Int($0.1) } ?? 0
    }

    @Test("at the host's port disturbs neither the session nor the host, nor grows its memory", arguments: [20_260_731])
    func garbage(seed: UInt64) async throws {
      let folder = try TestFolder()
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder)
      let relay = try UDPRelay(to: host.port)
      defer { relay.end() }
      let script = try folder.write("0.1 key RIGHT press\n+30 key RIGHT release\n", to: "turning.txt")
      let statistics = folder.file("frames.jsonl")
      let player = try host.play(
        ["--json", "--stats", statistics, "--input", script, "--seconds", "8"],
        port: relay.port,
        size: "320x200"
      )
      try #require(await host.process.waitForError("runs: display"), "\(host.log)")
      try await Task.sleep(for: .seconds(2))
      let recorded = relay.recorded
      #expect(recorded.count > 20)
      let datagrams = Self.datagrams(from: recorded, count: 20_000, seed: seed)

      let sender = try UDPPort(connectedTo: host.port)
      // The first part fills whatever fills once, such as caches; the rest must not add to it.
      for datagram in datagrams[..<4000] { sender.send(datagram) }
      let residentBefore = Self.residentKilobytes(of: host.process.pid)
      let startedAt = monotonicNanoseconds()
      for (index, datagram) in datagrams[4000...].enumerated() {
        sender.send(datagram)
        // Slow enough for the host to read them all, not only for its socket to overflow.
        if index % 100 == 99 { try await Task.sleep(for: .milliseconds(10)) }
        while sender.receive() != nil {}
      }
      let endedAt = monotonicNanoseconds()
      let residentAfter = Self.residentKilobytes(of: host.process.pid)

      #expect(await player.waitForEnd() == .exited(0), "\(player.errors)")
      #expect(residentBefore > 0)
      #expect(residentAfter - residentBefore < 20_000, "\(residentBefore) kB became \(residentAfter) kB")
      let during = try FrameRecord.read(statistics).filter { (startedAt...endedAt).contains($0.decodedNs) }
      let seconds = Double(endedAt - startedAt) / 1e9
      #expect(Double(during.count) > 20 * seconds, "\(during.count) pictures in \(seconds) s of garbage")
      #expect(host.process.checkEnd() == nil)
      #expect(host.log.ranges(of: "accepted").count == 1)
      #expect(!host.log.contains("resumed"))
      await host.stop()
    }
  }
}
