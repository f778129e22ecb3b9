import MediaUnits
import SRTPProtection
import SessionProtocol
import Testing

@Suite("SRTP receiver")
struct SRTPReceiverTests {
  private static let key = SRTPMasterKey((0..<28).map { UInt8($0) })

  private static func packet(_ sequenceNumber: UInt16, ssrc: UInt8 = 1, byteCount: Int = 30) -> [UInt8] {
    [0x80, 96, UInt8(sequenceNumber >> 8), UInt8(sequenceNumber & 0xFF), 0, 0, 0, 0, 0, 0, 0, ssrc]
      + [UInt8](repeating: ssrc, count: byteCount)
  }

  private static func report(ssrc: UInt8 = 1) -> [UInt8] { [0x80, 201, 0, 1, 0, 0, 0, ssrc] }

  /// What the receiver says to `datagram`: `nil` for acceptance.
  private func verdict(_ receiver: inout SRTPReceiver, rtp datagram: [UInt8]) -> SRTPError? {
    do throws(SRTPError) {
      _ = try receiver.unprotectRTP(datagram)
      return nil
    } catch { return error }
  }

  private func verdict(_ receiver: inout SRTPReceiver, rtcp datagram: [UInt8]) -> SRTPError? {
    do throws(SRTPError) {
      _ = try receiver.unprotectRTCP(datagram)
      return nil
    } catch { return error }
  }

  @Test("rejects a packet that any single changed bit, in any byte, has touched, and then takes the original")
  func everyByteIsAuthenticated() {
    var sender = SRTPSender(Self.key)
    var receiver = SRTPReceiver(Self.key)
    let rtp = sender.protectRTP(Self.packet(5))
    let rtcp = sender.protectRTCP(Self.report())
    for position in rtp.indices {
      var changed = rtp
      changed[position] ^= 1 << (position % 8)
      #expect(self.verdict(&receiver, rtp: changed) != nil, "byte \(position)")
    }
    for position in rtcp.indices {
      var changed = rtcp
      changed[position] ^= 1 << (position % 8)
      #expect(self.verdict(&receiver, rtcp: changed) != nil, "byte \(position)")
    }
    #expect(self.verdict(&receiver, rtp: rtp) == nil)
    #expect(self.verdict(&receiver, rtcp: rtcp) == nil)
  }

  @Test("rejects every replay, in order and late, and what lies 1,024 behind")
  func replays() {
    var sender = SRTPSender(Self.key)
    var receiver = SRTPReceiver(Self.key)
    let packets = (0..<1_100).map { sender.protectRTP(Self.packet(UInt16($0))) }
    #expect(self.verdict(&receiver, rtp: packets[0]) == nil)
    #expect(self.verdict(&receiver, rtp: packets[0]) == .replayed)
    #expect(self.verdict(&receiver, rtp: packets[1_099]) == nil)
    #expect(self.verdict(&receiver, rtp: packets[75]) == .tooOld)
    #expect(self.verdict(&receiver, rtp: packets[76]) == nil)
    #expect(self.verdict(&receiver, rtp: packets[76]) == .replayed)
    for packet in packets[77..<1_099].reversed() {
      #expect(self.verdict(&receiver, rtp: packet) == nil)
      #expect(self.verdict(&receiver, rtp: packet) == .replayed)
    }
    let report = sender.protectRTCP(Self.report())
    #expect(self.verdict(&receiver, rtcp: report) == nil)
    #expect(self.verdict(&receiver, rtcp: report) == .replayed)
  }

  @Test("follows rollovers through loss and reordering", arguments: [1, 2, 3] as [UInt64])
  func rollover(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var sender = SRTPSender(Self.key)
    var receiver = SRTPReceiver(Self.key)
    var waiting: [(index: UInt64, datagram: [UInt8])] = []
    var accepted = 0
    for index in stride(from: UInt64(1_000), to: 400_000, by: 97) {
      waiting.append((index, sender.protectRTP(Self.packet(UInt16(truncatingIfNeeded: index)))))
      guard waiting.count == 8 else { continue }
      for (index, datagram) in waiting.shuffled(using: &random) where Int.random(in: 0..<10, using: &random) > 0 {
        #expect(self.verdict(&receiver, rtp: datagram) == nil)
        #expect(receiver.lastIndex == index)
        accepted += 1
      }
      waiting.removeAll()
    }
    #expect(accepted > 3_000)
  }

  @Test("a forged packet far ahead does not move the rollover counter")
  func forgeryChangesNothing() {
    var sender = SRTPSender(Self.key)
    var receiver = SRTPReceiver(Self.key)
    #expect(self.verdict(&receiver, rtp: sender.protectRTP(Self.packet(10))) == nil)
    for sequenceNumber in stride(from: UInt16(0), to: 65_000, by: 999) {
      let forged = Self.packet(sequenceNumber, byteCount: 60)
      #expect(self.verdict(&receiver, rtp: forged) != nil)
    }
    #expect(self.verdict(&receiver, rtp: sender.protectRTP(Self.packet(11))) == nil)
  }

  @Test("keeps at most 16 streams, and forged ones cost none of them")
  func streamCount() {
    var receiver = SRTPReceiver(Self.key)
    for ssrc in 0..<200 { #expect(self.verdict(&receiver, rtp: Self.packet(1, ssrc: UInt8(ssrc))) != nil) }
    var first = SRTPSender(Self.key)
    for ssrc in 0..<16 {
      #expect(self.verdict(&receiver, rtp: first.protectRTP(Self.packet(1, ssrc: UInt8(ssrc)))) == nil)
    }
    var second = SRTPSender(Self.key)
    #expect(self.verdict(&receiver, rtp: second.protectRTP(Self.packet(1, ssrc: 16))) == .tooManyStreams)
    #expect(self.verdict(&receiver, rtp: first.protectRTP(Self.packet(2, ssrc: 3))) == nil)
  }

  @Test("calls short packets truncated and never reads past them")
  func truncated() {
    var sender = SRTPSender(Self.key)
    var receiver = SRTPReceiver(Self.key)
    var extended = Self.packet(1)
    extended[0] = 0x90
    extended[14] = 0xFF  // a header extension far longer than the packet
    #expect(self.verdict(&receiver, rtp: extended) == .truncated)
    let rtp = sender.protectRTP(Self.packet(2, byteCount: 0))
    let rtcp = sender.protectRTCP(Self.report())
    for count in 0..<rtp.count { #expect(self.verdict(&receiver, rtp: Array(rtp[..<count])) == .truncated) }
    for count in 0..<rtcp.count { #expect(self.verdict(&receiver, rtcp: Array(rtcp[..<count])) == .truncated) }
    #expect(self.verdict(&receiver, rtp: rtp) == nil)
  }

  @Test("survives random datagrams", arguments: [5] as [UInt64])
  func fuzz(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var receiver = SRTPReceiver(Self.key)
    for _ in 0..<50_000 {
      var datagram = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      if !datagram.isEmpty { datagram[0] = datagram[0] & 0x1F | 0x80 }
      #expect(self.verdict(&receiver, rtp: datagram) != nil)
      #expect(self.verdict(&receiver, rtcp: datagram) != nil)
    }
  }
}
