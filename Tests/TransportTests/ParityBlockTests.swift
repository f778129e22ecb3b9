import MediaUnits
import Octets
import RTP
import SessionProtocol
import Testing

@testable import Transport

/// One large frame as it is sent, of which a test loses what it likes.
@Suite("Parity of a frame of several blocks")
struct ParityBlockTests {
  private struct Sent {
    var accessUnit: [UInt8]
    var packets: [[UInt8]] = []
    var parity: [[UInt8]] = []

    /// Blocks of the frame, and parity that each has.
    var blockCount: Int { (self.packets.count + 159) / 160 }
    var parityPerBlock: Int { self.parity.count / self.blockCount }

    /// Places of the packets that belong to a block.
    func members(of block: Int) -> [Int] { Array(stride(from: block, to: self.packets.count, by: self.blockCount)) }
  }

  private static let start = Instant(nanoseconds: 1_000_000_000)

  private static func send(_ codec: VideoCodec) -> Sent {
    var random = SplitMix64(seed: 3)
    // The first byte, or two, of an IDR picture.
    let head: [UInt8] = [0, 0, 0, 1] + (codec == .h264 ? [0x65] : [0x26, 0x01])
    var sent = Sent(accessUnit: head + (0..<230_000).map { _ in UInt8.random(in: 1...255, using: &random) })
    var sender = VideoSender(
      ssrc: SSRC(rawValue: 100),
      retransmissionSSRC: SSRC(rawValue: 101),
      firstSequence: 32_700,
      retransmissionSequence: 7,
      ntp: NTPClock(epochNanoseconds: 3_900_000_000_000_000_000),
      code: PlainErasureCode()
    )
    var rate = RateController(limits: RateLimits(cap: .megabits(50)), interval: .milliseconds(16))
    let frame = VideoFrame(
      codec: codec,
      isKeyframe: true,
      damagedAt: Self.start,
      capturedAt: Self.start,
      convertedAt: Self.start,
      encodedAt: Self.start,
      inputSequence: 0
    )
    let rule = ParityRule(roundTrip: .milliseconds(100), loss: 0.1)
    let isQueued = sender.queue(sent.accessUnit.octets, frame, parity: rule, pace: nil, now: Self.start)
    #expect(isQueued)
    sender.poll(now: Self.start, rate: &rate) { packet, _ in
      if packet.bigEndian(at: 1, as: UInt8.self) & 0x7F == PayloadType.videoParity(codec).rawValue {
        sent.parity.append(packet.copied)
      } else {
        sent.packets.append(packet.copied)
      }
    }
    return sent
  }

  private static func player() -> PlayerSession {
    PlayerSession(
      configuration: SessionConfiguration(
        videoSSRC: SSRC(rawValue: 100),
        videoRetransmissionSSRC: SSRC(rawValue: 101),
        audioSSRC: SSRC(rawValue: 102),
        inputSSRC: SSRC(rawValue: 103),
        canonicalName: "player",
        ntp: NTPClock(epochNanoseconds: 3_900_000_000_000_000_000),
        sequenceSeed: 1
      ),
      code: PlainErasureCode(),
      now: Self.start
    )
  }

  /// The access units that can be decoded by now.
  private static func frames(_ player: inout PlayerSession) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    while player.nextFrame({ frames.append($1.copied) }) {}
    return frames
  }

  @Test(
    "makes anew as many packets of each block as it has parity, in whatever order all come",
    arguments: [VideoCodec.h264, .hevc],
    [nil, 1] as [UInt64?]
  )
  func whole(codec: VideoCodec, shuffle: UInt64?) {
    let sent = Self.send(codec)
    #expect(sent.blockCount == 2 && sent.parityPerBlock >= 10, "\(sent.blockCount) \(sent.parityPerBlock)")
    var random = SplitMix64(seed: shuffle ?? 9)
    // The frame's first and last packets among them.
    var lost: Set<Int> = []
    for block in 0..<sent.blockCount {
      let members = sent.members(of: block)
      lost.insert(block == 0 ? members[0] : members[members.count - 1])
      for place in members.shuffled(using: &random) where lost.count < (block + 1) * sent.parityPerBlock {
        lost.insert(place)
      }
    }
    var arriving = sent.packets.enumerated().filter { !lost.contains($0.offset) }.map(\.element) + sent.parity
    if shuffle != nil {
      // A path may double what it carries.
      arriving += arriving.shuffled(using: &random).prefix(40)
      arriving.shuffle(using: &random)
    }
    var player = Self.player()
    for packet in arriving { player.handle(rtp: packet.octets, now: Self.start) }
    // As a comparison of its own: a failure that shows both takes a megabyte.
    let isWhole = Self.frames(&player) == [sent.accessUnit]
    #expect(isWhole)
    #expect(player.statistics.malformedPackets == 0)
    // Where parity comes early, a packet is made that only was to come later.
    let rebuilt = player.statistics.packetsRebuilt
    #expect(shuffle == nil ? rebuilt == lost.count : rebuilt >= lost.count, "\(rebuilt) of \(lost.count)")
  }

  @Test("makes the blocks that it can, and the last one with the first packet more that comes", arguments: 0..<2)
  func oneTooMany(block: Int) {
    let sent = Self.send(.h264)
    let lost = (0..<sent.blockCount).flatMap { number in
      sent.members(of: number).suffix(sent.parityPerBlock + (number == block ? 1 : 0))
    }
    var player = Self.player()
    for (place, packet) in sent.packets.enumerated() where !lost.contains(place) {
      player.handle(rtp: packet.octets, now: Self.start)
    }
    for packet in sent.parity { player.handle(rtp: packet.octets, now: Self.start) }
    #expect(Self.frames(&player).count == 0)
    #expect(player.statistics.packetsRebuilt == sent.parityPerBlock)
    guard let late = lost.first(where: { $0 % sent.blockCount == block }) else { return }
    let packet = sent.packets[late]
    player.handle(rtp: packet.octets, now: Self.start + .milliseconds(1))
    let isWhole = Self.frames(&player) == [sent.accessUnit]
    #expect(isWhole)
    #expect(player.statistics.packetsRebuilt == lost.count - 1)
  }
}
