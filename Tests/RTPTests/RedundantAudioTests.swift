import Octets
import RTP
import Testing

@Suite("Copies of earlier packets of sound")
struct RedundantAudioTests {
  struct Fields: Decodable, Sendable {
    var newest: String
    var previousAge: UInt32?
    var previous: String?
    var beforePreviousAge: UInt32?
    var beforePrevious: String?
  }

  @Test("are told from the new packet", arguments: Vector<Fields>.all("rtp-redundant-audio"))
  func parses(vector: Vector<Fields>) {
    // Something lies before and behind the payload.
    let bytes: [UInt8] = [0xAA] + vector.bytes + [0xBB]
    let parsed = RedundantAudioPayload(parsing: bytes.span.bytes, payload: 1..<bytes.count - 1)
    #expect((parsed == nil) == (vector.error != nil))
    guard let parsed, let fields = vector.fields else { return }
    #expect([UInt8](bytes[parsed.newest]).hex == fields.newest)
    #expect(parsed.previous.map { [UInt8](bytes[$0.range]).hex } == fields.previous)
    #expect(parsed.previous?.age == fields.previousAge)
    #expect(parsed.beforePrevious.map { [UInt8](bytes[$0.range]).hex } == fields.beforePrevious)
    #expect(parsed.beforePrevious?.age == fields.beforePreviousAge)
  }

  @Test("have the headers that the vectors have", arguments: Vector<Fields>.valid("rtp-redundant-audio"))
  func writes(vector: Vector<Fields>) {
    let expected = vector.bytes
    guard let parsed = RedundantAudioPayload(parsing: expected.span.bytes, payload: 0..<expected.count) else {
      Issue.record("\(vector.name) cannot be read")
      return
    }
    let headerByteCount = (parsed.beforePrevious ?? parsed.previous)?.range.lowerBound ?? parsed.newest.lowerBound
    var written = [UInt8](repeating: 0, count: headerByteCount) + expected[headerByteCount...]
    var span = written.mutableSpan
    var bytes = span.mutableBytes
    var offset = 0
    for copy in [parsed.beforePrevious, parsed.previous].compactMap({ $0 }) {
      RedundantAudioPayload.writeCopyHeader(age: copy.age, byteCount: copy.range.count, into: &bytes, at: offset)
      offset += RedundantAudioPayload.copyHeaderByteCount
    }
    RedundantAudioPayload.writeNewHeader(into: &bytes, at: offset)
    #expect(written.hex == vector.hex)
  }
}
