import MediaUnits
import RTP
import Testing

@Suite("Video payload formats")
struct PayloadFormatTests {
  struct Packetized: Decodable, Sendable {
    var maximumPayloadByteCount: Int
    var payloads: [String]
    var reassembled: String
  }
  struct Reassembled: Decodable, Sendable {
    var accessUnit: String
    var isComplete: Bool
  }

  /// A vector, and the codec that it is of.
  struct Example<Fields: Decodable & Sendable>: Sendable, CustomTestStringConvertible {
    var codec: VideoCodec
    var vector: Vector<Fields>

    var testDescription: String { "\(self.codec): \(self.vector.testDescription)" }

    /// The examples of every codec's file.
    static func all(_ suffix: String, where isWanted: (Vector<Fields>) -> Bool) -> [Self] {
      VideoCodec.allCases.flatMap { codec in
        Vector<Fields>.all("rtp-\(codec.vectorName)\(suffix)").filter(isWanted).map { Self(codec: codec, vector: $0) }
      }
    }
  }

  @Test("divides the access units of the vectors", arguments: Example<Packetized>.all("") { $0.fields != nil })
  func divides(example: Example<Packetized>) throws {
    let fields = try #require(example.vector.fields)
    let payloads = Self.payloads(
      of: example.vector.bytes,
      codec: example.codec,
      maximumPayloadByteCount: fields.maximumPayloadByteCount
    )
    #expect(payloads.map(\.hex) == fields.payloads)

    var depacketizer = NALUnitDepacketizer(codec: example.codec)
    var accessUnit: [UInt8] = []
    for payload in payloads { try depacketizer.append(payload: payload.span.bytes, to: &accessUnit) }
    #expect(accessUnit.hex == fields.reassembled)
    #expect(depacketizer.isComplete)
  }

  @Test(
    "puts the payloads of the vectors together",
    arguments: Example<Reassembled>.all("-payloads") { $0.fields != nil }
  )
  func reassembles(example: Example<Reassembled>) throws {
    var depacketizer = NALUnitDepacketizer(codec: example.codec)
    var accessUnit: [UInt8] = []
    for payload in example.vector.hex.split(separator: " ") {
      let bytes = [UInt8](hex: String(payload))
      try depacketizer.append(payload: bytes.span.bytes, to: &accessUnit)
    }
    #expect(accessUnit.hex == example.vector.fields?.accessUnit)
    #expect(depacketizer.isComplete == example.vector.fields?.isComplete)
  }

  @Test(
    "refuses the malformed and keeps what was there",
    arguments: Example<Reassembled>.all("-payloads") { $0.error != nil }
  )
  func refuses(example: Example<Reassembled>) throws {
    var depacketizer = NALUnitDepacketizer(codec: example.codec)
    var accessUnit: [UInt8] = []
    let payloads = example.vector.hex.split(separator: " ", omittingEmptySubsequences: false)
      .map { [UInt8](hex: String($0)) }
    for payload in payloads.dropLast() { try depacketizer.append(payload: payload.span.bytes, to: &accessUnit) }
    let before = accessUnit
    do {
      let last = try #require(payloads.last)
      try depacketizer.append(payload: last.span.bytes, to: &accessUnit)
      Issue.record("accepted")
    } catch {
      #expect(caseName(error) == example.vector.error)
    }
    #expect(accessUnit == before)

    depacketizer.reset()
    let next: [UInt8] = example.codec == .h264 ? [0x41, 1] : [0x02, 1, 7]
    try depacketizer.append(payload: next.span.bytes, to: &accessUnit)
    #expect(accessUnit == before + [0, 0, 0, 1] + next)
  }

  @Test(
    "any access unit survives, at any payload size",
    arguments: VideoCodec.allCases,
    1...300 as ClosedRange<UInt64>
  )
  func roundTrip(codec: VideoCodec, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let units = codec.randomUnits(using: &random)
    let least = codec.fragmentPrefixByteCount + 1
    let maximum = Int.random(in: least...[8, 64, 1500].randomElement(using: &random)!, using: &random)
    var stream: [UInt8] = []
    for unit in units {
      stream += Bool.random(using: &random) ? [0, 0, 0, 1] : [0, 0, 1]
      stream += unit
      stream += repeatElement(0, count: Int.random(in: 0...3, using: &random))
    }
    let sent = units.filter(codec.isSent)

    let payloads = Self.payloads(of: stream, codec: codec, maximumPayloadByteCount: maximum)
    #expect(payloads.allSatisfy { $0.count <= maximum })
    var depacketizer = NALUnitDepacketizer(codec: codec)
    var accessUnit: [UInt8] = []
    for payload in payloads { try depacketizer.append(payload: payload.span.bytes, to: &accessUnit) }
    #expect(accessUnit == sent.flatMap { [0, 0, 0, 1] + $0 })
    #expect(depacketizer.isComplete)
    #expect(payloads.count == sent.map { codec.fewestParts($0.count, maximum) }.reduce(0, +))
    self.expectEqualSizes(payloads, codec: codec)
  }

  @Test(
    "any bytes are taken or refused, and what is refused leaves nothing",
    arguments: VideoCodec.allCases,
    1...200 as ClosedRange<UInt64>
  )
  func anyBytes(codec: VideoCodec, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var depacketizer = NALUnitDepacketizer(codec: codec)
    var accessUnit: [UInt8] = []
    for _ in 0..<200 {
      var payload = (0..<Int.random(in: 0...24, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      // Aggregates and fragments would be rare among random types.
      if let first = payload.first, Bool.random(using: &random) {
        payload[0] =
          codec == .h264
          ? first & 0xE0 | [24, 28].randomElement(using: &random)!
          : first & 0x81 | [0x60, 0x62].randomElement(using: &random)!
      }
      let before = accessUnit
      do {
        try depacketizer.append(payload: payload.span.bytes, to: &accessUnit)
        // An empty fragment of H.264 adds nothing.
        #expect(accessUnit.count > before.count || codec == .h264)
        #expect(accessUnit.count <= before.count + 2 * payload.count + 4)
      } catch {
        #expect(accessUnit == before)
      }
    }
  }

  /// All parts of a NAL unit have the same size, but for the last, which may be shorter.
  private func expectEqualSizes(_ payloads: [[UInt8]], codec: VideoCodec) {
    var size: Int?
    for payload in payloads where codec.isFragment(payload) {
      let fragmentHeader = payload[codec.fragmentPrefixByteCount - 1]
      if fragmentHeader & 0x80 != 0 { size = payload.count }
      let isLast = fragmentHeader & 0x40 != 0
      #expect(isLast ? payload.count <= size ?? 0 : payload.count == size)
    }
  }

  /// Divides an access unit, and checks what holds for all.
  private static func payloads(
    of accessUnit: [UInt8],
    codec: VideoCodec,
    maximumPayloadByteCount maximum: Int
  ) -> [[UInt8]] {
    let span = accessUnit.span.bytes
    var packetizer = NALUnitPacketizer(accessUnit: span, codec: codec, maximumPayloadByteCount: maximum)
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
    let count = NALUnitPacketizer.packetCount(accessUnit: span, codec: codec, maximumPayloadByteCount: maximum)
    #expect(count == payloads.count)
    return payloads
  }
}
