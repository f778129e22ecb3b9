import MediaUnits
import Octets
import RTP
import Testing

@Suite("Parity payloads")
struct ParityPayloadTests {
  struct Fields: Decodable, Sendable {
    var frameIndex: UInt16
    var isKeyframe: Bool
    var packetCount: UInt16
    var firstSequenceNumber: UInt16
    var blockCount: UInt8
    var block: UInt8
    var parityCount: UInt8
    var parityIndex: UInt8
    var sourceCount: Int
    var symbol: String
  }

  @Test("say what they protect", arguments: Vector<Fields>.all("rtp-parity"))
  func parses(vector: Vector<Fields>) {
    let bytes: [UInt8] = [0xAA] + vector.bytes + [0xBB]
    let parsed = ParityPayload(parsing: bytes.span.bytes, payload: 1..<bytes.count - 1)
    #expect((parsed == nil) == (vector.error != nil))
    guard let parsed, let fields = vector.fields else { return }
    #expect(parsed.frameIndex == fields.frameIndex)
    #expect(parsed.isKeyframe == fields.isKeyframe)
    #expect(parsed.packetCount == fields.packetCount)
    #expect(parsed.firstSequenceNumber.rawValue == fields.firstSequenceNumber)
    #expect(parsed.blockCount == fields.blockCount)
    #expect(parsed.block == fields.block)
    #expect(parsed.parityCount == fields.parityCount)
    #expect(parsed.parityIndex == fields.parityIndex)
    #expect(parsed.sourceCount == fields.sourceCount)
    #expect([UInt8](bytes[parsed.symbol]).hex == fields.symbol)

    var written = [UInt8](repeating: 0xAA, count: 1 + ParityPayload.headerByteCount)
    var span = written.mutableSpan
    var mutable = span.mutableBytes
    parsed.serialize(into: &mutable, at: 1)
    #expect(written == Array(bytes.prefix(written.count)))
  }

  @Test("have a type of their own for each codec", arguments: [(.h264, 99), (.hevc, 104)] as [(VideoCodec, UInt8)])
  func payloadType(codec: VideoCodec, rawValue: UInt8) {
    let type = PayloadType.videoParity(codec)
    #expect(type.rawValue == rawValue && type.parityCodec == codec)
    // Neither pictures nor pictures that are sent again.
    #expect(type.videoCodec == nil && !type.isRetransmission)
    #expect(PayloadType.video(codec).parityCodec == nil && PayloadType.videoRetransmission(codec).parityCodec == nil)
  }

  @Test("are refused however much of their end is missing", arguments: Vector<Fields>.valid("rtp-parity"))
  func truncated(vector: Vector<Fields>) {
    let bytes = vector.bytes
    for count in 0...ParityPayload.headerByteCount + ParityPayload.lengthByteCount {
      let parsed = ParityPayload(parsing: bytes.span.bytes, payload: 0..<count)
      #expect(parsed == nil, "\(count) bytes")
    }
  }
}
