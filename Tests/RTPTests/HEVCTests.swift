import MediaUnits
import RTP
import Testing

@Suite("HEVC payload format")
struct HEVCTests {
  struct Packetized: Decodable, Sendable {
    var maximumPayloadByteCount: Int
    var payloads: [String]
    var reassembled: String
  }
  struct Reassembled: Decodable, Sendable {
    var accessUnit: String
    var isComplete: Bool
  }

  @Test("divides the access units of the vectors", arguments: Vector<Packetized>.valid("rtp-hevc"))
  func divides(vector: Vector<Packetized>) throws {
    let fields = try #require(vector.fields)
    let payloads = Self.payloads(of: vector.bytes, maximumPayloadByteCount: fields.maximumPayloadByteCount)
    #expect(payloads.map(\.hex) == fields.payloads)

    var depacketizer = HEVCDepacketizer()
    var accessUnit: [UInt8] = []
    for payload in payloads { try depacketizer.append(payload: payload.span.bytes, to: &accessUnit) }
    #expect(accessUnit.hex == fields.reassembled)
    #expect(depacketizer.isComplete)
  }

  @Test("puts the payloads of the vectors together", arguments: Vector<Reassembled>.valid("rtp-hevc-payloads"))
  func reassembles(vector: Vector<Reassembled>) throws {
    var depacketizer = HEVCDepacketizer()
    var accessUnit: [UInt8] = []
    for payload in vector.hex.split(separator: " ") {
      let bytes = [UInt8](hex: String(payload))
      try depacketizer.append(payload: bytes.span.bytes, to: &accessUnit)
    }
    #expect(accessUnit.hex == vector.fields?.accessUnit)
    #expect(depacketizer.isComplete == vector.fields?.isComplete)
  }

  @Test("refuses the malformed and keeps what was there", arguments: Vector<Reassembled>.invalid("rtp-hevc-payloads"))
  func refuses(vector: Vector<Reassembled>) throws {
    var depacketizer = HEVCDepacketizer()
    var accessUnit: [UInt8] = []
    let payloads = vector.hex.split(separator: " ", omittingEmptySubsequences: false).map { [UInt8](hex: String($0)) }
    for payload in payloads.dropLast() { try depacketizer.append(payload: payload.span.bytes, to: &accessUnit) }
    let before = accessUnit
    do {
      let last = try #require(payloads.last)
      try depacketizer.append(payload: last.span.bytes, to: &accessUnit)
      Issue.record("accepted")
    } catch {
      #expect(caseName(error) == vector.error)
    }
    #expect(accessUnit == before)

    depacketizer.reset()
    let next: [UInt8] = [0x02, 1, 7]
    try depacketizer.append(payload: next.span.bytes, to: &accessUnit)
    #expect(accessUnit == before + [0, 0, 0, 1, 0x02, 1, 7])
  }

  @Test("any access unit survives, at any payload size", arguments: 1...300 as ClosedRange<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let units = Self.randomUnits(using: &random)
    let maximum = Int.random(in: 4...[8, 64, 1500].randomElement(using: &random)!, using: &random)
    var stream: [UInt8] = []
    for unit in units {
      stream += Bool.random(using: &random) ? [0, 0, 0, 1] : [0, 0, 1]
      stream += unit
      stream += repeatElement(0, count: Int.random(in: 0...3, using: &random))
    }
    let sent = units.filter { $0.count >= 2 && ![35, 36, 37, 38].contains($0[0] >> 1 & 0x3F) }

    let payloads = Self.payloads(of: stream, maximumPayloadByteCount: maximum)
    #expect(payloads.allSatisfy { $0.count <= maximum })
    var depacketizer = HEVCDepacketizer()
    var accessUnit: [UInt8] = []
    for payload in payloads { try depacketizer.append(payload: payload.span.bytes, to: &accessUnit) }
    #expect(accessUnit == sent.flatMap { [0, 0, 0, 1] + $0 })
    #expect(depacketizer.isComplete)
    #expect(payloads.count == sent.map { Self.fewestParts($0.count, maximum) }.reduce(0, +))
    self.expectEqualSizes(payloads)
  }

  @Test("any bytes are taken or refused, and what is refused leaves nothing", arguments: 1...200 as ClosedRange<UInt64>)
  func anyBytes(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var depacketizer = HEVCDepacketizer()
    var accessUnit: [UInt8] = []
    for _ in 0..<200 {
      var payload = (0..<Int.random(in: 0...24, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      // Aggregates and fragments would be rare among random types.
      if let first = payload.first, Bool.random(using: &random) {
        payload[0] = first & 0x81 | [0x60, 0x62].randomElement(using: &random)!
      }
      let before = accessUnit
      do {
        try depacketizer.append(payload: payload.span.bytes, to: &accessUnit)
        #expect(accessUnit.count > before.count && accessUnit.count <= before.count + 2 * payload.count + 4)
      } catch {
        #expect(accessUnit == before)
      }
    }
  }

  /// All parts of a NAL unit have the same size, but for the last, which may be shorter.
  private func expectEqualSizes(_ payloads: [[UInt8]]) {
    var size: Int?
    for payload in payloads where payload[0] >> 1 & 0x3F == 49 {
      if payload[2] & 0x80 != 0 { size = payload.count }
      let isLast = payload[2] & 0x40 != 0
      #expect(isLast ? payload.count <= size ?? 0 : payload.count == size)
    }
  }

  private static func fewestParts(_ byteCount: Int, _ maximum: Int) -> Int {
    byteCount <= maximum ? 1 : (byteCount - 2 + maximum - 4) / (maximum - 3)
  }

  /// NAL units as an encoder makes them: no start code within, and no zero byte at the end.
  private static func randomUnits(using random: inout SplitMix64) -> [[UInt8]] {
    (0..<Int.random(in: 0...6, using: &random)).map { _ in
      let byteCount = Int.random(in: 0...[3, 40, 4000].randomElement(using: &random)!, using: &random)
      guard byteCount > 0 else { return [] }
      // Types 0 ... 47, any layer; the temporal identifier is never zero.
      var unit = [UInt8.random(in: 0...95, using: &random)]
      guard byteCount > 1 else { return unit }
      unit.append(UInt8.random(in: 0...31, using: &random) << 3 | UInt8.random(in: 1...7, using: &random))
      var zeros = 0
      while unit.count < byteCount {
        // Many zeros, so that the search for start codes is led astray.
        let byte: UInt8 = Int.random(in: 0..<3, using: &random) == 0 ? 0 : .random(in: 0...255, using: &random)
        if zeros == 2, byte <= 3 {
          unit.append(3)
          zeros = 0
        }
        unit.append(byte)
        zeros = byte == 0 ? zeros + 1 : 0
      }
      if unit.last == 0 { unit.append(0x80) }
      return unit
    }
  }

  /// Divides an access unit, and checks what holds for all.
  private static func payloads(of accessUnit: [UInt8], maximumPayloadByteCount: Int) -> [[UInt8]] {
    let span = accessUnit.span.bytes
    var packetizer = HEVCPacketizer(accessUnit: span, maximumPayloadByteCount: maximumPayloadByteCount)
    var payloads: [[UInt8]] = []
    var lastFlags: [Bool] = []
    while payloads.count <= accessUnit.count, let fragment = packetizer.next(in: span) {
      var payload = [UInt8](repeating: 0xEE, count: fragment.payloadByteCount + 2)
      var mutable = payload.mutableSpan
      var bytes = mutable.mutableBytes
      fragment.write(from: span, into: &bytes, at: 1)
      payloads.append(Array(payload.dropFirst().dropLast()))
      lastFlags.append(fragment.isLastOfAccessUnit)
    }
    let expected = payloads.indices.map { $0 == payloads.count - 1 }
    #expect(lastFlags == expected)
    let count = HEVCPacketizer.packetCount(accessUnit: span, maximumPayloadByteCount: maximumPayloadByteCount)
    #expect(count == payloads.count)
    return payloads
  }
}
