import Foundation
import Glibc
import LoadTest
import Testing

extension EndToEnd.StartErrors {
  @Test("a network between nobody, or of ends that are none, is wrong usage")
  func link() async throws {
    try await self.expectUsage(["link"], says: "--to", "--tun")
    try await self.expectUsage(["link", "--to", "127.0.0.1:9", "--tun", "far"], says: "--to", "--tun")
    try await self.expectUsage(["link", "--tun", "far", "--listen", "127.0.0.1:9000"], says: "--listen", "--tun")
    for ends in [",", "a,a", "a,b,c", "a/b", "..", "a b", ",a"] {
      try await self.expectUsage(["link", "--tun=\(ends)"], says: "--tun", "players,hosts")
    }
  }

  @Test("addresses that are none are wrong usage, and a host that nobody knows gives status 69")
  func linkAddresses() async throws {
    for address in ["127.0.0.1:99999", "127.0.0.1", ":7777", "::1:7777"] {
      try await self.expectUsage(
        ["link", "--to", "127.0.0.1:9", "--listen=\(address)"],
        says: "--listen",
        "0 to 65535"
      )
      try await self.expectUsage(["link", "--to=\(address)"], says: "--to", "65535")
    }
    try await self.expectUsage(["link", "--to", "127.0.0.1:0"], says: "--to", "1 to 65535")
    try await self.expect(["link", "--to", "no.such.host.invalid:9"], status: 69, says: "no.such.host.invalid:9")
    try await self.expect(
      ["link", "--to", "127.0.0.1:9", "--listen", "192.0.2.1:0"],
      status: 74,
      says: "192.0.2.1",
      "--listen"
    )
  }

  @Test("whoever may not make a network of two ends is told what it takes, with status 74")
  func linkWithoutRights() async throws {
    let martlet = try #require(Requirements.martlet)
    try #require(Requirements.has("setpriv"), "util-linux has it")
    // Root without any capability is like anybody.
    let process = try ChildProgram(
      "/usr/bin/setpriv",
      ["--bounding-set=-all", "--inh-caps=-all", martlet, "link", "--tun", "martlet-refused"],
      in: self.folder,
      name: "refused"
    )
    #expect(await process.waitForEnd() == .exited(74), "\(process.errors)")
    #expect(process.errors.contains("root") && process.errors.contains("martlet-refused"), "\(process.errors)")
    #expect(process.output.isEmpty && access("/run/netns/martlet-refused", F_OK) != 0)
  }
}

extension EndToEnd {
  @Suite(
    "A network of two ends",
    .serialized,
    .enabled(if: Requirements.martlet != nil, "needs the built martlet program"),
    .enabled(if: getuid() == 0 && access("/dev/net/tun", F_OK) == 0, "needs the rights of root, and /dev/net/tun"),
    .enabled(if: Requirements.has("nsenter"), "needs util-linux")
  )
  struct TwoEnds {
    @Test(
      "carries a session to players in a network namespace, and is gone when it ends",
      arguments: [SIGINT, SIGTERM]
    )
    func session(signal: Int32) async throws {
      let folder = try TestFolder()
      let name = "martlet-far-\(getpid())"
      let link = try ChildProgram.martlet(
        ["link", "--tun", name, "--delay", "20ms", "--loss", "1%", "--rate", "8M", "--json"],
        in: folder,
        name: "link"
      )
      try #require(await eventually { link.output.contains("ip netns exec") }, "\(link.errors)")
      let address = try #require(try /hosts (198\.18\.\d+\.1) 2001:2:/.firstMatch(in: link.output)?.1)
      #expect(link.output.contains("players \(address.dropLast())2 "), "\(link.output)")
      let host = try ChildProgram.martlet(
        [
          "host", "--synthetic", "--synthetic-size", "320x180", "--maximum-bitrate", "2", "--listen", "\(address):0",
        ],
        in: folder,
        name: "host"
      )
      try #require(await eventually(within: .seconds(30)) { host.output.contains("\n") }, "\(host.errors)")
      let load = try ChildProgram(
        "/usr/bin/nsenter",
        [
          "--net=/run/netns/\(name)", try #require(Requirements.martlet), "load",
          String(host.output.prefix { $0 != "\n" }), "--size", "320x180", "--bitrate", "2", "--duration", "4", "--json",
        ],
        in: folder,
        name: "load"
      )
      #expect(await load.waitForEnd(within: .seconds(30)) == .exited(0), "\(load.errors)")
      let result = try LoadResult(parsing: Data(load.output.utf8))
      #expect(result.playersWithPicture == 1 && result.frames > 100, "\(result.frames)")
      #expect(try #require(result.latencies["capture-to-complete"]?.percentile(1)) > 19.9)
      #expect(try #require(result.latencies["round-trip"]?.percentile(1)) > 39.9)
      #expect(result.packetsLost > 0)
      link.send(signal)
      #expect(await link.waitForEnd() == .exited(0), "\(link.errors)")
      let report = try #require(link.output.split(separator: "\n").last)
      #expect(report.hasPrefix("{\"clients\":1,") && !report.contains("\"lost\":0,"), "\(report)")
      #expect(access("/run/netns/\(name)", F_OK) != 0)
      #expect(if_nametoindex("martlet\(address.split(separator: ".")[2])") == 0)
    }

    @Test("leaves no namespace behind when it is killed, and can be made again")
    func killed() async throws {
      let folder = try TestFolder()
      let name = "martlet-killed-\(getpid())"
      let path = "/run/netns/\(name)"
      for (signal, end) in [(SIGKILL, .killed(SIGKILL)), (SIGTERM, .exited(0))] as [(Int32, ChildProgram.End)] {
        let link = try ChildProgram.martlet(["link", "--tun", name], in: folder, name: "link")
        try #require(await eventually { link.output.contains("ip netns exec") }, "\(link.errors)")
        let inside = try ChildProgram("/usr/bin/nsenter", ["--net=\(path)", "true"], in: folder, name: "inside")
        #expect(await inside.waitForEnd() == .exited(0), "\(inside.errors)")
        link.send(signal)
        #expect(await link.waitForEnd() == end, "\(link.errors)")
        // A link to the namespace is one to nothing when there is none.
        #expect(access(path, F_OK) != 0)
      }
      var status = stat()
      #expect(lstat(path, &status) != 0)
    }
  }
}
