import MediaUnits
import NetworkSimulator
import Octets
import RTP
import SessionProtocol
import Testing
import Transport

@Suite("Changes of a running stream")
struct LiveChangeTests {
  private static let granted = terms(1280, 720, 60)
  private static let path = LinkConditions(delay: .milliseconds(15))

  private static func terms(
    _ width: Int,
    _ height: Int,
    _ frameRate: Int,
    _ codec: VideoCodec = .h264
  ) -> StreamTerms {
    StreamTerms(
      picture: PictureSize(width: width, height: height),
      frameRate: frameRate,
      maximumBitrate: .megabits(10),
      audioPacketDuration: .milliseconds(10),
      codec: codec
    )
  }

  private static func simulation(
    _ conditions: LinkConditions = path,
    seed: UInt64 = 1,
    codecs: Set<VideoCodec> = [.h264, .hevc],
    isPlanned: Bool = false
  ) -> SessionSimulation {
    let bounds = TermsBounds(
      size: PictureSize(width: 1280, height: 720),
      frameRate: 60,
      bitrate: .megabits(20),
      codecs: codecs
    )
    return SessionSimulation(conditions, seed: seed, terms: (Self.granted, bounds), isPlanned: isPlanned)
  }

  /// What holds whatever was lost: nothing broken, no codec mixed, one encoder at a time, and no freeze.
  private func expectSound(_ report: SessionSimulation.Report, longestGap: Duration = .milliseconds(200)) {
    #expect(report.brokenReferences == 0)
    #expect(report.damagedFrames == 0)
    #expect(report.wrongCodecs == 0)
    #expect(report.longestGap < longestGap, "\(report.longestGap)")
    #expect(report.stepsLeft > 0)
  }

  @Test(
    "a player gets the picture, rate and codec that it asks for, and is told",
    arguments: [terms(640, 360, 60), terms(1280, 720, 30), terms(1280, 720, 60, .hevc), terms(854, 480, 30, .hevc)]
  )
  func asked(wish: StreamTerms) {
    var simulation = Self.simulation()
    simulation.run(for: .seconds(2))
    let askedAt = simulation.now
    simulation.player.wish(wish, now: simulation.now)
    simulation.run(for: .seconds(2))
    self.expectSound(simulation.report)
    #expect(simulation.seat?.terms == wish)
    #expect(simulation.player.terms?.inForce == wish)
    #expect(simulation.player.terms?.limit == TermsNotice.Limit.none)
    #expect(simulation.player.terms?.isWaiting == false)
    let notice = TermsNotice(revision: 1, answered: 0, terms: wish, limit: .none)
    let answer = TermsNotice(revision: 1, answered: 1, terms: wish, limit: .none)
    let events = simulation.report.playerEvents
    #expect(
      events == [.termsChanged(notice), .wishAnswered(answer)]
        || events == [.termsChanged(answer), .wishAnswered(answer)]
    )
    #expect(simulation.report.keyframesSent == 2)
    // A way there, the encoder, at most a frame, a way back.
    let seenAt = simulation.report.changesSeenAt.first ?? .distantFuture
    #expect(seenAt - askedAt < .milliseconds(15 + 60 + 34 + 15 + 2), "\(seenAt - askedAt)")
  }

  @Test("a lost wish is said again, and a lost answer too", arguments: [1, 2, 4], [0, 1, 3])
  func lostWords(wishes: Int, notices: Int) {
    var simulation = Self.simulation()
    simulation.run(for: .seconds(2))
    simulation.losses.wishes = wishes
    simulation.losses.notices = notices
    simulation.player.wish(Self.terms(640, 360, 30), now: simulation.now)
    simulation.run(for: .seconds(4))
    self.expectSound(simulation.report)
    #expect(simulation.seat?.terms == Self.terms(640, 360, 30))
    #expect(simulation.player.terms?.inForce == Self.terms(640, 360, 30))
    #expect(simulation.player.terms?.isWaiting == false)
    #expect(simulation.seat?.openedCount == 1, "a wish that is said again changes nothing")
    #expect(simulation.losses.wishes == 0)
    #expect(simulation.losses.notices == 0)
  }

  @Test(
    "the first key frame on new terms is lost as a whole, and another comes soon",
    arguments: [VideoCodec.h264, .hevc]
  )
  func lostKeyframe(codec: VideoCodec) {
    var simulation = Self.simulation()
    simulation.run(for: .seconds(2))
    simulation.losses.nextKeyframe = true
    simulation.player.wish(Self.terms(640, 360, 60, codec), now: simulation.now)
    simulation.run(for: .seconds(2))
    #expect(simulation.losses.lostKeyframe != nil)
    #expect(simulation.report.changesSeenAt.count == 1)
    #expect(simulation.seat?.terms.codec == codec)
    self.expectSound(simulation.report)
  }

  @Test(
    "both sides ask at once: the player gets what it asked for, as far as the path allows",
    arguments: 1...10 as ClosedRange<UInt64>
  )
  func bothAtOnce(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var simulation = Self.simulation(
      LinkConditions(delay: .milliseconds(15), jitter: .milliseconds(3), loss: 0.01, rate: .megabits(10)),
      seed: seed,
      isPlanned: true
    )
    // Longer than the host leaves between two changes.
    if seed % 2 == 0 { simulation.seat?.openingTime = .milliseconds(400) }
    simulation.run(for: .seconds(2))
    for _ in 0..<5 {
      // The host acts on a path that narrows after a second or so: the wish comes before, with or after that.
      simulation.down.conditions.rate = .megabits([0.8, 1.5, 10].randomElement(using: &random)!)
      simulation.run(for: .milliseconds(Int64.random(in: 0...1800, using: &random)))
      let wish = [Self.terms(960, 540, 60, .hevc), Self.terms(1280, 720, 60), Self.terms(640, 360, 30)]
        .randomElement(using: &random)!
      simulation.player.wish(wish, now: simulation.now)
      simulation.run(for: .milliseconds(Int64.random(in: 0...300, using: &random)))
    }
    let wanted = Self.terms(1280, 720, 60, .hevc)
    simulation.down.conditions.rate = .megabits(1)
    simulation.player.wish(wanted, now: simulation.now)
    simulation.run(for: .seconds(5))
    let terms = simulation.player.terms
    let lowered = try #require(terms)
    #expect(lowered.inForce.codec == .hevc && lowered.inForce.picture.width < 1280, "\(lowered.inForce.summary)")
    #expect(lowered.inForce == simulation.seat?.terms)
    #expect(lowered.limit == .bitrate && !lowered.isWaiting)
    simulation.down.conditions.rate = .megabits(10)
    // Step by step, and more slowly where one had to be taken back.
    for _ in 0..<60 where simulation.seat?.terms != wanted { simulation.run(for: .seconds(1)) }
    simulation.run(for: .seconds(1))
    #expect(simulation.seat?.terms == wanted)
    #expect(simulation.player.terms?.inForce == wanted)
    #expect(simulation.player.terms?.limit == TermsNotice.Limit.none)
    #expect(simulation.seat?.overlapCount == 0)
    self.expectSound(simulation.report, longestGap: .seconds(1))
  }

  @Test("a player that wishes without end costs four encoders a second at most")
  func flood() {
    var simulation = Self.simulation()
    simulation.run(for: .seconds(1))
    for turn in 0..<1000 {
      simulation.player.wish(turn % 2 == 0 ? Self.terms(640, 360, 30) : Self.granted, now: simulation.now)
      simulation.run(for: .milliseconds(2))
    }
    simulation.run(for: .seconds(1))
    #expect(simulation.seat?.openedCount ?? .max <= 9)
    #expect(simulation.player.terms?.inForce == Self.granted)
    #expect(simulation.player.terms?.isWaiting == false)
    self.expectSound(simulation.report)
  }

  @Test("a host without the codec goes on as it is, and says that it is the host's doing")
  func noEncoder() {
    var simulation = Self.simulation(codecs: [.h264])
    simulation.run(for: .seconds(1))
    simulation.player.wish(Self.terms(640, 360, 60, .hevc), now: simulation.now)
    simulation.run(for: .seconds(1))
    #expect(simulation.player.terms?.inForce == Self.terms(640, 360, 60))
    #expect(simulation.player.terms?.limit == .host)
    #expect(simulation.player.terms?.isWaiting == false)
  }

  @Test("a host that does not know what a wish is gets no more of them after ten seconds")
  func unanswered() {
    var simulation = Self.simulation()
    simulation.losses.wishes = .max
    simulation.run(for: .seconds(1))
    simulation.player.wish(Self.terms(640, 360, 60), now: simulation.now)
    simulation.run(for: .seconds(12))
    #expect(simulation.report.playerEvents == [.wishUnanswered])
    #expect(.max - simulation.losses.wishes < 20)
    #expect(simulation.player.terms?.inForce == Self.granted)
    self.expectSound(simulation.report)
  }

  @Test("a decoder that is too slow gets fewer frames, until it is faster")
  func slowDecoder() {
    var simulation = Self.simulation()
    simulation.run(for: .seconds(1))
    simulation.player.limitDecoding(to: 24, now: simulation.now)
    simulation.run(for: .seconds(1))
    #expect(simulation.seat?.terms == Self.terms(1280, 720, 24))
    #expect(simulation.player.terms?.limit == .decoder)
    simulation.player.limitDecoding(to: nil, now: simulation.now)
    simulation.run(for: .seconds(1))
    #expect(simulation.seat?.terms == Self.granted)
    self.expectSound(simulation.report)
  }

  /// A packet of a frame of two, whose NAL unit is one byte longer than its header.
  private static func packet(_ index: UInt16, _ payloadType: PayloadType, ssrc: UInt32, original: UInt16?) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 200)
    var span = bytes.mutableSpan
    var datagram = span.mutableBytes
    RTPHeader(
      marker: index == 1,
      payloadType: payloadType,
      sequenceNumber: SequenceNumber(rawValue: 500 + index),
      timestamp: RTPTimestamp(rawValue: 9000),
      ssrc: SSRC(rawValue: ssrc),
      hasExtension: true
    ).serialize(into: &datagram)
    let descriptor = FrameDescriptor(frameIndex: 7, packetIndex: index, packetCount: 2, isKeyframe: true)
    var end = RTPHeader.fixedByteCount
    end += HeaderExtensionWriter.write(into: &datagram, at: end, descriptor: descriptor, times: nil, captureTime: nil)
    if let original {
      RetransmissionPayload.write(original: SequenceNumber(rawValue: original), into: &datagram, at: end)
      end += 2
    }
    // An IDR slice of either codec.
    for byte in (payloadType.videoCodec == .hevc ? [0x26, 0x01, 0x77] : [0x65, 0x77]) as [UInt8] {
      datagram.storeBigEndian(byte, at: end)
      end += 1
    }
    return Array(bytes[..<end])
  }

  @Test("a packet of another codec is no part of a frame, be it first or repeated", arguments: VideoCodec.allCases)
  func mixedFrame(codec: VideoCodec) {
    let other: VideoCodec = codec == .h264 ? .hevc : .h264
    var simulation = Self.simulation()
    let now = simulation.now
    func insert(_ packet: [UInt8]) { simulation.player.handle(rtp: packet.octets, now: now) }
    insert(Self.packet(0, .video(codec), ssrc: 100, original: nil))
    insert(Self.packet(1, .video(other), ssrc: 100, original: nil))
    insert(Self.packet(1, .videoRetransmission(other), ssrc: 101, original: 501))
    #expect(simulation.player.statistics.malformedPackets == 2)
    var codecs: [VideoCodec] = []
    while simulation.player.nextFrame({ frame, _ in codecs.append(frame.codec) }) {}
    #expect(codecs.isEmpty)
    insert(Self.packet(1, .videoRetransmission(codec), ssrc: 101, original: 501))
    while simulation.player.nextFrame({ frame, _ in codecs.append(frame.codec) }) {}
    #expect(codecs == [codec])
  }
}
