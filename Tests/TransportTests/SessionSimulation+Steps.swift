import MediaUnits
import Octets
import RTP
import Transport

extension SessionSimulation {
  /// Lets nothing through in either direction for `duration`.
  ///
  /// - Returns: whether a frame was decoded within `limit` after that.
  mutating func loseAll(for duration: Duration, healingWithin limit: Duration) -> Bool {
    self.isHostHeard = false
    self.isPlayerHeard = false
    self.run(for: duration)
    self.isHostHeard = true
    self.isPlayerHeard = true
    let returnedAt = self.now
    self.run(for: limit)
    return self.report.lastDecodedAt > returnedAt
  }
}

/// Single steps of the host's end, for tests that choose each instant themselves.
extension SessionSimulation {
  /// Draws one frame of three packets, now.
  mutating func drawLoneFrame() {
    let accessUnit: [UInt8] = [0, 0, 0, 1, 0x65] + [UInt8](repeating: 0x55, count: 2500)
    let frame = VideoFrame(
      isKeyframe: true,
      damagedAt: self.now,
      capturedAt: self.now,
      convertedAt: self.now,
      encodedAt: self.now,
      inputSequence: 0
    )
    self.host.send(accessUnit.octets, frame: frame, now: self.now)
  }

  /// What the host sends at `instant`: the headers of its RTP packets.
  mutating func pollHost(at instant: Instant) -> [RTPHeader] {
    var headers: [RTPHeader] = []
    self.host.poll(now: instant) { packet, kind in
      if kind == .rtp, let header = try? RTPHeader(parsing: packet) { headers.append(header) }
    }
    return headers
  }

  /// Lets a request of the player's for `numbers` arrive at the host.
  mutating func request(_ numbers: [SequenceNumber], at instant: Instant) {
    var rtcp: [UInt8] = []
    GenericNACK(senderSSRC: SSRC(rawValue: 103), mediaSSRC: SSRC(rawValue: 100), missing: numbers)
      .serialize(into: &rtcp)
    self.host.handle(rtcp: rtcp.octets, now: instant)
  }
}
