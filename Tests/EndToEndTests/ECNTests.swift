import Foundation
import Testing

extension EndToEnd {
  @Suite(
    "A network that marks",
    .serialized,
    .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment)
  )
  struct Marks {
    private struct Trace: Decodable {
      var packetsMarked: Int
      var packetsAcked: Int
    }

    @Test("is heard of by the host: its ECT(1) and the link's marks pass through three processes' sockets")
    func heard() async throws {
      let folder = try TestFolder()
      let traceFile = folder.file("trace.jsonl")
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder, arguments: ["--trace", traceFile])
      let link = try ChildProgram.martlet(
        ["link", "--to", "127.0.0.1:\(host.port)", "--rate", "2M", "--down", "mark=1ms", "--json"],
        in: folder,
        name: "link"
      )
      _ = await eventually(within: .seconds(10)) { link.output.contains("\n") || link.checkEnd() != nil }
      let address = link.output.prefix { $0 != "\n" }
      let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) }, "\(link.errors)")
      let script = try folder.write("0.2 key RIGHT press\n+40 key RIGHT release\n", to: "turning.txt")
      let player = try host.play(["--input", script, "--seconds", "4"], port: port)
      #expect(await player.waitForEnd() == .exited(0), "\(player.errors)")
      link.send(15)
      #expect(await link.waitForEnd() == .exited(0), "\(link.errors)")
      await host.stop()
      let show = try ChildProgram.martlet(["trace", "show", traceFile, "--json"], in: folder, name: "show")
      #expect(await show.waitForEnd() == .exited(0), "\(show.errors)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let trace = try decoder.decode(Trace.self, from: Data(show.output.utf8))
      #expect(trace.packetsMarked > 20 && trace.packetsMarked < trace.packetsAcked, "\(trace)")
    }
  }
}
