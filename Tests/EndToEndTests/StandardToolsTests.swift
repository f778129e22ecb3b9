import Foundation
import Glibc
import Testing

extension EndToEnd {
  /// What independent software makes of the datagrams on the wire, once it is given the keys.
  @Suite(
    "Standard tools",
    .serialized,
    .enabled(if: Requirements.hasFreedoom, Requirements.freedoomComment),
    .enabled(if: Requirements.has("dumpcap", "tshark", "gst-launch-1.0"), "needs tshark and GStreamer"),
    .enabled(if: geteuid() == 0, "needs to be root to capture packets")
  )
  struct StandardTools {
    private static let width = 320
    private static let height = 200
    private static let rtpPort = 5004
    private static let rtcpPort = 5005

    @Test("decrypt, dissect and decode what the wire carries to the very pictures that the player saw")
    func agree() async throws {
      let folder = try TestFolder()
      let capture = try await self.capture(in: folder)
      let keys = try KeyLogLine.read(folder.file("keys.txt"))
      let toPlayer = try #require(keys.first { $0.direction == "host-to-player" })
      let toHost = try #require(keys.first { $0.direction == "player-to-host" })
      #expect(toPlayer.streams.count == 3 && toHost.streams.count == 1)

      // Video: every picture the same, bit by bit.
      let video = toPlayer.streams[0]
      try await self.decrypt(
        capture.rtp[video],
        caps: "application/x-srtp-stream,media=video,clock-rate=90000,encoding-name=H264,payload=96,"
          + toPlayer.capabilities(of: video),
        decoder: "rtph264depay ! avdec_h264 ! video/x-raw,format=I420",
        name: "video",
        in: folder
      )
      let seen = try #require(FileManager.default.contents(atPath: folder.file("seen.i420")))
      let decoded = try #require(FileManager.default.contents(atPath: folder.file("video.raw")))
      let pictureByteCount = Self.width * Self.height * 3 / 2
      #expect(seen.count > 60 * pictureByteCount)
      // The last picture may have been on its way when the player ended.
      #expect(decoded.count >= seen.count && decoded.count <= seen.count + 2 * pictureByteCount)
      #expect(decoded.starts(with: seen))

      // Sound: four seconds of it.
      let audio = toPlayer.streams[2]
      try await self.decrypt(
        capture.rtp[audio],
        caps: "application/x-srtp-stream,media=audio,clock-rate=48000,encoding-name=OPUS,payload=111,"
          + toPlayer.capabilities(of: audio),
        decoder: "rtpreddec pt=112 ! rtpopusdepay ! opusdec ! audio/x-raw,format=S16LE,rate=48000,channels=2",
        name: "audio",
        in: folder
      )
      let sound = try #require(FileManager.default.contents(atPath: folder.file("audio.raw")))
      #expect(sound.count > 3 * 48_000 * 4)
      #expect(sound.contains { $0 != 0 && $0 != 0xFF })

      // Input, and the reports of both sides.
      let input = toHost.streams[0]
      try await self.decrypt(
        capture.rtp[input],
        caps: "application/x-srtp-stream,media=application,clock-rate=90000,encoding-name=X-INPUT,payload=98,"
          + toHost.capabilities(of: input),
        decoder: "identity",
        name: "input",
        in: folder
      )
      for (stream, line) in [(video, toPlayer), (input, toHost)] {
        try await self.decryptReports(
          capture.rtcp[stream],
          caps: line.capabilities(of: stream),
          stream: stream,
          in: folder
        )
      }
      try await self.dissect(folder, reports: [video, input])
    }

    /// Plays for some seconds while the datagrams of the session are written to a file.
    private func capture(in folder: TestFolder) async throws -> WireCapture {
      let host = try await RunningHost(game: RunningHost.freedoom, in: folder)
      // On the loopback interface, what is sent in batches is not cut into datagrams before it is captured. What the
      // relay passes on travels one by one.
      let relay = try UDPRelay(to: host.port)
      defer { relay.end() }
      let path = folder.file("wire.pcap")
      // The first byte of the payload tells media from the handshake.
      let recorder = try ChildProgram(
        try #require(Requirements.program("dumpcap")),
        [
          "-q", "-P", "-i", "lo", "-w", path, "-f",
          "(udp src port \(relay.port) or udp dst port \(host.port)) and udp[8] & 0xc0 = 0x80",
        ],
        in: folder,
        name: "dumpcap"
      )
      try #require(await recorder.waitForError("File:"), "\(recorder.errors)")
      let script = try folder.write("0.2 key RIGHT press\n+1 key RIGHT release\n", to: "turning.txt")
      let player = try host.play(
        [
          "--seconds", "4", "--keylog", folder.file("keys.txt"), "--raw", folder.file("seen.i420"), "--raw-format",
          "i420",
          "--input", script,
        ],
        port: relay.port,
        size: "\(Self.width)x\(Self.height)"
      )
      #expect(await player.waitForEnd() == .exited(0), "\(player.errors)")
      await host.stop()
      try await Task.sleep(for: .milliseconds(300))
      recorder.send(SIGTERM)
      #expect(await recorder.waitForEnd() == .exited(0), "\(recorder.errors)")
      return try WireCapture(path)
    }

    /// Decrypts one stream into NAME.rtp and decodes it into NAME.raw.
    private func decrypt(
      _ packets: [[UInt8]]?,
      caps: String,
      decoder: String,
      name: String,
      in folder: TestFolder
    ) async throws {
      try WireCapture.write(try #require(packets), framedTo: folder.file("\(name).framed"))
      try await self.gstreamer(
        "filesrc location=\(folder.file("\(name).framed")) ! \(caps) ! rtpstreamdepay ! srtpdec ! tee name=t ! queue "
          + "! rtpstreampay ! filesink async=false location=\(folder.file("\(name).rtp")) "
          + "t. ! queue ! \(decoder) ! filesink async=false location=\(folder.file("\(name).raw"))",
        in: folder
      )
      let decrypted = try WireCapture.packets(framedIn: folder.file("\(name).rtp"))
      #expect(decrypted.count == packets?.count, "\(name)")
    }

    private func decryptReports(_ packets: [[UInt8]]?, caps: String, stream: UInt32, in folder: TestFolder) async throws
    {
      try WireCapture.write(try #require(packets), framedTo: folder.file("\(stream).framed"))
      try await self.gstreamer(
        "filesrc location=\(folder.file("\(stream).framed")) ! application/x-srtcp-stream,\(caps) ! rtpstreamdepay "
          + "! d.rtcp_sink srtpdec name=d d.rtcp_src ! rtpstreampay "
          + "! filesink async=false location=\(folder.file("\(stream).rtcp"))",
        in: folder
      )
      let decrypted = try WireCapture.packets(framedIn: folder.file("\(stream).rtcp"))
      #expect(decrypted.count == packets?.count)
    }

    private func gstreamer(_ pipeline: String, in folder: TestFolder) async throws {
      let words = pipeline.split(separator: " ").map(String.init)
      _ = try await ChildProgram.run("gst-launch-1.0", ["-q"] + words, in: folder)
    }

    /// What Wireshark's dissectors say of the decrypted packets.
    private func dissect(_ folder: TestFolder, reports: [UInt32]) async throws {
      var file = PacketFile()
      for name in ["video", "audio", "input"] {
        let packets = try WireCapture.packets(framedIn: folder.file("\(name).rtp"))
        for packet in packets { file.append(packet, port: Self.rtpPort) }
      }
      for stream in reports {
        let packets = try WireCapture.packets(framedIn: folder.file("\(stream).rtcp"))
        for packet in packets { file.append(packet, port: Self.rtcpPort) }
      }
      let path = folder.file("plain.pcap")
      try file.write(to: path)
      func fields(_ filter: String, _ names: String...) async throws -> [[String]] {
        let text = try await ChildProgram.run(
          "tshark",
          [
            "-n", "-r", path, "-d", "udp.port==\(Self.rtpPort),rtp", "-d", "udp.port==\(Self.rtcpPort),rtcp", "-Y",
            filter,
            "-T", "fields",
          ] + names.flatMap { ["-e", $0] },
          in: folder
        )
        return text.split(separator: "\n").map { $0.components(separatedBy: "\t") }
      }
      #expect(
        try await fields("_ws.malformed || _ws.expert.severity >= 6291456", "frame.number", "_ws.expert.message") == []
      )
      #expect(try await fields("!rtp && !rtcp", "frame.number") == [])
      let types = Set(try await fields("rtp", "rtp.p_type").flatMap { $0 })
      #expect(types.isSuperset(of: ["96", "112", "98"]) && types.isSubset(of: ["96", "97", "98", "111", "112"]))
      let reports = Set(try await fields("rtcp", "rtcp.pt").flatMap { $0.flatMap { $0.components(separatedBy: ",") } })
      #expect(reports.isSuperset(of: ["200", "202", "203"]), "\(reports)")
      let names = Set(try await fields("rtcp.sdes.text", "rtcp.sdes.text").flatMap { $0 })
      #expect(names.contains("host") && names.contains("player"), "\(names)")
    }
  }
}
