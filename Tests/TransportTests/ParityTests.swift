import MediaUnits
import NetworkSimulator
import SessionProtocol
import Testing
import Transport

@Suite("Parity of video frames")
struct ParityTests {
  /// 80 ms there and back: an answer to a request comes 90 ms late.
  private static func far(loss: Double) -> LinkConditions { LinkConditions(delay: .milliseconds(40), loss: loss) }

  private static func terms(_ codec: VideoCodec) -> (granted: StreamTerms, bounds: TermsBounds) {
    let size = PictureSize(width: 1280, height: 720)
    let granted = StreamTerms(
      picture: size,
      frameRate: 60,
      maximumBitrate: .megabits(10),
      audioPacketDuration: .milliseconds(10),
      codec: codec
    )
    return (granted, TermsBounds(size: size, frameRate: 60, bitrate: .megabits(10), codecs: [.h264, .hevc]))
  }

  private static func play(
    _ conditions: LinkConditions,
    hasParity: Bool,
    codec: VideoCodec? = nil,
    seed: UInt64,
    for duration: Duration = .seconds(20),
    frameByteCounts: ClosedRange<Int> = 2_000...20_000
  ) -> SessionSimulation.Report {
    var simulation = SessionSimulation(
      conditions,
      seed: seed,
      frameByteCounts: frameByteCounts,
      terms: codec.map { Self.terms($0) },
      hasParity: hasParity
    )
    simulation.run(for: duration)
    #expect(simulation.report.wrongCodecs == 0)
    #expect(simulation.report.damagedFrames == 0)
    #expect(simulation.report.brokenReferences == 0)
    #expect(simulation.player.statistics.malformedPackets == 0)
    return simulation.report
  }

  /// The share of frames that were decoded within 50 ms of their way.
  private static func inTime(_ report: SessionSimulation.Report) -> Double {
    Double(report.frameWays.count { $0 <= .milliseconds(90) }) / Double(report.framesSent)
  }

  @Test(
    "brings frames in time at 10 % loss and 80 ms, where no answer to a request could",
    arguments: [41, 42, 43],
    [.h264, .hevc] as [VideoCodec]
  )
  func farAway(seed: UInt64, codec: VideoCodec) {
    let without = Self.play(Self.far(loss: 0.1), hasParity: false, codec: codec, seed: seed)
    let with = Self.play(Self.far(loss: 0.1), hasParity: true, codec: codec, seed: seed)
    #expect(without.parityPackets == 0)
    #expect(Self.inTime(without) < 0.2, "\(Self.inTime(without))")
    #expect(Self.inTime(with) > 0.9, "\(Self.inTime(with))")
    // Copies that are not asked for cost less than several of each that is.
    #expect(Double(with.bytesSent) < 1.15 * Double(without.bytesSent))
    #expect(with.longestGap <= .milliseconds(300), "\(with.longestGap)")
    #expect(with.keyframesSent <= without.keyframesSent)
    // What it starts with, and one for each two sent.
    #expect(with.parityPackets + with.retransmissions <= 64 + with.videoPackets / 2 + 1)
  }

  @Test("protects either codec when a session changes from one to the other", arguments: [53, 54])
  func change(seed: UInt64) {
    var simulation = SessionSimulation(Self.far(loss: 0.1), seed: seed, terms: Self.terms(.h264), hasParity: true)
    var codec = VideoCodec.h264
    for _ in 0..<4 {
      let (before, rebuiltBefore) = (simulation.report.parityPackets, simulation.player.statistics.packetsRebuilt)
      simulation.run(for: .seconds(5))
      #expect(simulation.seat?.terms.codec == codec)
      #expect(simulation.report.parityPackets - before > 200)
      #expect(simulation.player.statistics.packetsRebuilt - rebuiltBefore > 100)
      codec = codec == .h264 ? .hevc : .h264
      simulation.player.wish(Self.terms(codec).granted, now: simulation.now)
    }
    #expect(simulation.report.wrongCodecs == 0)
    #expect(simulation.report.damagedFrames == 0 && simulation.report.brokenReferences == 0)
    #expect(simulation.player.statistics.malformedPackets == 0)
  }

  @Test("costs nothing where nothing is lost, and where requests are soon enough")
  func free() {
    let clean = Self.play(Self.far(loss: 0), hasParity: true, seed: 44)
    let plain = Self.play(Self.far(loss: 0), hasParity: false, seed: 44)
    #expect(clean == plain)
    // Two rounds of 20 ms fit into 50 ms.
    let near = Self.play(LinkConditions(delay: .milliseconds(8), loss: 0.1), hasParity: true, seed: 45)
    #expect(near.parityPackets <= near.videoPackets / 100, "\(near.parityPackets)")
    // One of 30 ms fits: that is enough for little loss.
    let middle = Self.play(LinkConditions(delay: .milliseconds(15), loss: 0.005), hasParity: true, seed: 46)
    #expect(middle.parityPackets <= middle.videoPackets / 100, "\(middle.parityPackets)")
  }

  @Test("ends when the loss does")
  func ends() {
    var simulation = SessionSimulation(Self.far(loss: 0.1), seed: 47, hasParity: true)
    simulation.run(for: .seconds(5))
    #expect(simulation.report.parityPackets > 500)
    simulation.down = SimulatedLink(Self.far(loss: 0), seed: 47)
    simulation.run(for: .seconds(10))
    let before = simulation.report.parityPackets
    simulation.run(for: .seconds(5))
    #expect(simulation.report.parityPackets == before)
  }

  @Test("survives parity that contradicts itself and the packets", arguments: [50, 51])
  func hostile(seed: UInt64) {
    var simulation = SessionSimulation(Self.far(loss: 0.2), seed: seed, hasParity: true)
    simulation.woundedParity = SplitMix64(seed: seed)
    simulation.run(for: .seconds(4))
    #expect(simulation.report.parityPackets > 300)
    #expect(simulation.report.framesDecoded > 5)
  }
}
