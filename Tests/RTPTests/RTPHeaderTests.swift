import Octets
import RTP
import Testing

@Suite("RTP header")
struct RTPHeaderTests {
  struct Fields: Decodable, Sendable {
    var marker: Bool
    var payloadType: UInt8
    var sequenceNumber: UInt16
    var timestamp: UInt32
    var ssrc: UInt32
    var hasExtension: Bool
    var extensions: [Int]
    var payload: [Int]

    var header: RTPHeader {
      RTPHeader(
        marker: self.marker,
        payloadType: PayloadType(rawValue: self.payloadType),
        sequenceNumber: SequenceNumber(rawValue: self.sequenceNumber),
        timestamp: RTPTimestamp(rawValue: self.timestamp),
        ssrc: SSRC(rawValue: self.ssrc),
        hasExtension: self.hasExtension,
        extensions: self.extensions[0]..<self.extensions[1],
        payload: self.payload[0]..<self.payload[1]
      )
    }
  }

  @Test("reads the vectors", arguments: Vector<Fields>.valid("rtp-header"))
  func reads(vector: Vector<Fields>) throws {
    let bytes = vector.bytes
    let header = try RTPHeader(parsing: bytes.span.bytes)
    #expect(header == vector.fields?.header)
  }

  @Test("writes the fixed header of the vectors", arguments: Vector<Fields>.valid("rtp-header"))
  func writes(vector: Vector<Fields>) throws {
    var written = [UInt8](repeating: 0xEE, count: RTPHeader.fixedByteCount)
    var span = written.mutableSpan
    var bytes = span.mutableBytes
    try #require(vector.fields).header.serialize(into: &bytes)
    // Contributing sources and padding are never written.
    var expected = Array(vector.bytes.prefix(RTPHeader.fixedByteCount))
    expected[0] &= 0xD0
    #expect(written == expected)
  }

  @Test("refuses the malformed", arguments: Vector<Fields>.invalid("rtp-header"))
  func refuses(vector: Vector<Fields>) {
    let bytes = vector.bytes
    do {
      let header = try RTPHeader(parsing: bytes.span.bytes)
      Issue.record("read as \(header)")
    } catch {
      #expect(caseName(error) == vector.error)
    }
  }

  @Test("is told from RTCP by its second byte")
  func demultiplexes() {
    for second in 0...255 as ClosedRange<UInt8> {
      let datagram: [UInt8] = [0x80, second, 0, 0]
      let isRTCP = RTCPPacket.isRTCP(datagram.span.bytes)
      #expect(isRTCP == (192...223 ~= second))
    }
    for datagram in [[0x80], [], [0x40, 200], [0x17, 200]] as [[UInt8]] {
      let isRTCP = RTCPPacket.isRTCP(datagram.span.bytes)
      #expect(!isRTCP)
    }
  }

  struct Retransmission: Decodable, Sendable {
    var originalSequenceNumber: UInt16
    var payload: String
  }

  @Test("a retransmission names its original", arguments: Vector<Retransmission>.all("rtp-retransmission"))
  func retransmission(vector: Vector<Retransmission>) throws {
    let bytes: [UInt8] = [0xAA] + vector.bytes
    let parsed = RetransmissionPayload(parsing: bytes.span.bytes, payload: 1..<bytes.count)
    #expect((parsed == nil) == (vector.error != nil))
    guard let parsed, let fields = vector.fields else { return }
    #expect(parsed.originalSequenceNumber.rawValue == fields.originalSequenceNumber)
    #expect([UInt8](bytes[parsed.payload]).hex == fields.payload)

    var written = [UInt8](repeating: 0xAA, count: 3)
    var span = written.mutableSpan
    var mutable = span.mutableBytes
    RetransmissionPayload.write(original: parsed.originalSequenceNumber, into: &mutable, at: 1)
    #expect(written == Array(bytes.prefix(3)))
  }
}
