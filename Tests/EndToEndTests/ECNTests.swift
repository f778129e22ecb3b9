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
      let session = try await LinkedSession.play(["--rate", "2M", "--mark", "1ms"], seconds: 4)
      let trace: Trace = try LinkedSession.decode(session.trace)
      #expect(trace.packetsMarked > 20 && trace.packetsMarked < trace.packetsAcked, "\(trace)")
    }
  }
}
