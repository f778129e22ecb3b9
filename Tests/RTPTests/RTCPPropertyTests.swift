import MediaUnits
import RTP
import Testing

@Suite("RTCP round trips")
struct RTCPPropertyTests {
  private func packets(in bytes: [UInt8]) throws -> [RTCPPacket] {
    var reader = RTCPReader(bytes.span.bytes)
    var packets: [RTCPPacket] = []
    while packets.count < 100, let packet = try reader.next(in: bytes.span.bytes) { packets.append(packet) }
    return packets
  }

  @Test("a NACK names exactly what is missing, in the fewest entries", arguments: 1...100 as ClosedRange<UInt64>)
  func nack(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var number = SequenceNumber(rawValue: .random(in: 0...UInt16.max, using: &random))
    var missing: [SequenceNumber] = []
    for _ in 0..<Int.random(in: 1...200, using: &random) {
      missing.append(number)
      number = number.advanced(by: Int.random(in: 1...20, using: &random))
    }
    let nack = GenericNACK(senderSSRC: SSRC(rawValue: 1), mediaSSRC: SSRC(rawValue: 2), missing: missing)
    #expect(nack.sequenceNumbers() == missing)
    for (entry, next) in zip(nack.entries, nack.entries.dropFirst()) {
      #expect(next.pid.distance(from: entry.pid) > 16)
    }
    var bytes: [UInt8] = []
    nack.serialize(into: &bytes)
    let packets = try self.packets(in: bytes)
    #expect(packets == [.genericNACK(nack)])
  }

  @Test("texts of every length survive", arguments: 0...255)
  func texts(byteCount: Int) throws {
    let text = String(repeating: "x", count: byteCount)
    let description = SourceDescription(ssrc: SSRC(rawValue: 1), cname: text)
    let goodbye = Goodbye(ssrcs: [SSRC(rawValue: 1), SSRC(rawValue: 2)], reason: text)
    var bytes: [UInt8] = []
    description.serialize(into: &bytes)
    goodbye.serialize(into: &bytes)
    #expect(bytes.count % 4 == 0)
    let packets = try self.packets(in: bytes)
    #expect(packets == [.sourceDescription(description), .goodbye(goodbye)])
  }

  @Test("thirty-one report blocks survive; losses are clamped to 24 bits")
  func fullReport() throws {
    let blocks = (0..<31).map { index in
      ReportBlock(
        ssrc: SSRC(rawValue: UInt32(index)),
        fractionLost: UInt8(index),
        cumulativeLost: index.isMultiple(of: 2) ? .max : .min,
        highestSequence: .max - UInt32(index),
        jitter: 1,
        lastSR: 2,
        delaySinceLastSR: 3
      )
    }
    #expect(blocks[0].cumulativeLost == 8_388_607 && blocks[1].cumulativeLost == -8_388_608)
    let report = ReceiverReport(ssrc: SSRC(rawValue: 9), reports: blocks)
    var bytes: [UInt8] = []
    report.serialize(into: &bytes)
    let packets = try self.packets(in: bytes)
    #expect(packets == [.receiverReport(report)])
  }
}
