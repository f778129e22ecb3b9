import MediaUnits
import Octets
import RTP
import Testing

@testable import Transport

/// Frames as they are sent, put together in whatever order a test likes.
@Suite("What can be decoded after a loss")
struct FrameAssemblerTests {
  private static let now = Instant(nanoseconds: 1_000_000_000)
  private static let firstSequence = 1000

  private struct Sent {
    var packets: [[UInt8]]
    /// Extended, of the first packet.
    var sequence: Int64
    var end: Int64 { self.sequence + Int64(self.packets.count) }
  }

  /// One after the other, each of several packets.
  private static func send(_ frames: (codec: VideoCodec, isKeyframe: Bool, head: [UInt8])...) -> [Sent] {
    var sender = VideoSender(
      ssrc: SSRC(rawValue: 100),
      retransmissionSSRC: SSRC(rawValue: 101),
      firstSequence: UInt16(Self.firstSequence),
      retransmissionSequence: 7,
      ntp: NTPClock(epochNanoseconds: 3_900_000_000_000_000_000)
    )
    var rate = RateController(limits: RateLimits(cap: .megabits(50)), interval: .milliseconds(16))
    var sequence = Int64(Self.firstSequence)
    return frames.map { kind in
      let frame = VideoFrame(
        codec: kind.codec,
        isKeyframe: kind.isKeyframe,
        damagedAt: Self.now,
        capturedAt: Self.now,
        convertedAt: Self.now,
        encodedAt: Self.now,
        inputSequence: 0
      )
      let accessUnit = kind.head + [UInt8](repeating: 0x55, count: 5000)
      _ = sender.queue(accessUnit.octets, frame, pace: nil, now: Self.now)
      var sent = Sent(packets: [], sequence: sequence)
      sender.poll(now: Self.now, rate: &rate) { packet, _ in sent.packets.append(packet.copied) }
      sequence = sent.end
      return sent
    }
  }

  private static func insert(_ frame: Sent, _ indexes: Range<Int>, into assembler: inout FrameAssembler) throws {
    for index in indexes {
      let packet = frame.packets[index]
      let header = try RTPHeader(parsing: packet.octets)
      assembler.insert(
        packet.octets,
        payload: header.payload,
        header: header,
        sequence: frame.sequence + Int64(index),
        isRepair: false,
        now: Self.now
      )
    }
  }

  private static let idr: [UInt8] = [0, 0, 0, 1, 0x65]
  private static let slice: [UInt8] = [0, 0, 0, 1, 0x41]
  /// A recovery point SEI message, whole at once, before a slice.
  private static let recovery: [UInt8] = [0, 0, 1, 6, 6, 1, 0xC4, 0x80] + Self.slice

  @Test("a key frame that a late repair makes whole leaves the picture broken where more is lost after it")
  func lateKeyframe() throws {
    let frames = Self.send((.h264, true, Self.idr), (.h264, false, Self.slice))
    var assembler = FrameAssembler()
    try Self.insert(frames[0], 1..<frames[0].packets.count, into: &assembler)
    try Self.insert(frames[1], 1..<frames[1].packets.count, into: &assembler)
    assembler.refresh(givenUpBefore: frames[1].sequence + 1)
    try Self.insert(frames[0], 0..<1, into: &assembler)
    let isShown = assembler.next { frame, _ in #expect(frame.isKeyframe) }
    #expect(isShown)
    let isBroken = assembler.isPictureBroken
    #expect(isBroken)
  }

  @Test("a recovery point of another codec is none", arguments: [VideoCodec.h264, .hevc])
  func otherCodec(codec: VideoCodec) throws {
    let key: [UInt8] = codec == .h264 ? Self.idr : [0, 0, 0, 1, 0x26, 0x01]
    let frames = Self.send((codec, true, key), (.h264, false, Self.slice), (.h264, false, Self.recovery))
    var assembler = FrameAssembler()
    assembler.takesRecoveryPoints = true
    try Self.insert(frames[0], 0..<frames[0].packets.count, into: &assembler)
    let isShown = assembler.next { frame, _ in #expect(frame.isKeyframe) }
    #expect(isShown)
    assembler.refresh(givenUpBefore: frames[1].end)
    try Self.insert(frames[2], 0..<frames[2].packets.count, into: &assembler)
    let isRecovered = assembler.next { frame, _ in #expect(frame.refresh == .completed) }
    #expect(isRecovered == (codec == .h264))
    let isBroken = assembler.isPictureBroken
    #expect(isBroken == (codec != .h264))
  }
}
