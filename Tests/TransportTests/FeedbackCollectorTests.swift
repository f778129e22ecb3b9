import MediaUnits
import RTP
import Testing

@testable import Transport

@Suite("When a player tells what arrived")
struct FeedbackCollectorTests {
  private static let start = Instant(nanoseconds: 1_000_000_000)
  private static let sender = SSRC(rawValue: 103)

  private var collector = FeedbackCollector(video: SSRC(rawValue: 100), retransmission: SSRC(rawValue: 101))
  private var number = SequenceNumber(rawValue: 65_500)

  private mutating func receive(isFrameEnd: Bool = false, at now: Instant) {
    let header = RTPHeader(
      marker: isFrameEnd,
      payloadType: .video,
      sequenceNumber: self.number,
      timestamp: RTPTimestamp(rawValue: 0),
      ssrc: SSRC(rawValue: 100)
    )
    self.number = self.number.advanced(by: 1)
    self.collector.received(header, isRetransmission: false, isFrameEnd: isFrameEnd, ecn: .notCapable, now: now)
  }

  /// Whether a report leaves at `now`.
  private mutating func reports(at now: Instant) -> Bool {
    var packet: [UInt8] = []
    return self.collector.poll(now: now, sender: Self.sender, ntp: NTPClock(epochNanoseconds: 0), into: &packet)
  }

  @Test("waits after a pause until it can tell how fast packets come")
  mutating func pause() {
    self.receive(at: Self.start)
    #expect(self.collector.deadline == Self.start + .microseconds(2500))
    self.receive(at: Self.start + .milliseconds(1))
    #expect(self.collector.deadline == Self.start + .microseconds(2500))
    let isTooEarly = self.reports(at: Self.start + .milliseconds(2))
    #expect(!isTooEarly)
    let isDue = self.reports(at: Self.start + .microseconds(2500))
    #expect(isDue)
  }

  @Test("tells of a frame's last packet at once")
  mutating func frameEnd() {
    self.receive(at: Self.start)
    self.receive(isFrameEnd: true, at: Self.start + .microseconds(300))
    let isTold = self.reports(at: Self.start + .microseconds(300))
    #expect(isTold)
  }

  @Test("says the last report before silence twice")
  mutating func silence() {
    self.receive(isFrameEnd: true, at: Self.start)
    let isTold = self.reports(at: Self.start)
    #expect(isTold)
    #expect(self.collector.deadline == Self.start + .milliseconds(5))
    let isRepeated = self.reports(at: Self.start + .milliseconds(5))
    #expect(isRepeated)
    #expect(self.collector.deadline == nil)
  }

  @Test("lets no arrival wait longer than 5 ms", arguments: 1...20 as ClosedRange<UInt64>)
  mutating func everyArrival(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var now = Self.start
    var waitingSince: Instant?
    for _ in 0..<2000 {
      let next = now + .microseconds(Int64.random(in: 0...(Bool.random(using: &random) ? 400 : 9000), using: &random))
      while let due = self.collector.deadline, due <= next {
        if let since = waitingSince { #expect(due - since <= .milliseconds(5)) }
        let isTold = self.reports(at: due)
        #expect(isTold)
        waitingSince = nil
      }
      now = next
      self.receive(isFrameEnd: Int.random(in: 0..<20, using: &random) == 0, at: now)
      waitingSince = waitingSince ?? now
    }
  }
}
