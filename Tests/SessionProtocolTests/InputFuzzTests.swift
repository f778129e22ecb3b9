import MediaUnits
import SessionProtocol
import Testing

@Suite("Input parser against hostile bytes")
struct InputFuzzTests {
  private static let inputsPerSeed = 25_000

  @Test("never traps, and always ends", arguments: 1...10 as ClosedRange<UInt64>)
  func hostile(seed: UInt64) {
    struct Anything: Decodable, Sendable {}
    let templates = InputVector<Anything>.all("input-packet").map(\.bytes)
    var random = SplitMix64(seed: seed)
    var read = 0
    for _ in 0..<Self.inputsPerSeed {
      var bytes = templates[Int(random.next() % UInt64(templates.count))]
      if random.next() % 16 == 0 {
        bytes = (0..<random.next() % 40).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      }
      for _ in 0..<random.next() % 4 where !bytes.isEmpty {
        let index = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[index] ^= 1 << UInt8(random.next() % 8)
        case 2: bytes.removeLast(1 + index / 4)
        default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
        }
      }
      if let events = try? InputPacketTests.read(bytes) { read += events.count }
    }
    #expect(read > Self.inputsPerSeed / 50, "the inputs must get past the first checks")
  }
}
