import MediaUnits
import RTP
import Testing

@testable import Transport

@Suite("The silence of the other end")
struct PeerSilenceTests {
  private static let start = Instant(nanoseconds: 7_000_000_000)

  private static func silence() -> PeerSilence {
    PeerSilence(
      SessionConfiguration(
        videoSSRC: SSRC(rawValue: 1),
        videoRetransmissionSSRC: SSRC(rawValue: 2),
        audioSSRC: SSRC(rawValue: 3),
        inputSSRC: SSRC(rawValue: 4),
        canonicalName: "end",
        ntp: NTPClock(epochNanoseconds: 0),
        silenceTimeout: .seconds(5),
        endTimeout: .seconds(30),
        sequenceSeed: 1
      ),
      now: Self.start
    )
  }

  @Test("is told once when it has lasted long enough, and again when it is for good")
  func findings() {
    var silence = Self.silence()
    #expect(silence.deadline == Self.start + .seconds(5))
    #expect(silence.watch(now: Self.start + .milliseconds(4999)) == nil)
    #expect(silence.watch(now: Self.start + .seconds(5)) == .silent && silence.isSilent)
    #expect(silence.watch(now: Self.start + .seconds(29)) == nil)
    #expect(silence.deadline == Self.start + .seconds(30))
    #expect(silence.watch(now: Self.start + .seconds(30)) == .gone)
  }

  @Test("ends with what is heard, and begins anew from there")
  func heard() {
    var silence = Self.silence()
    let wasSilent = silence.heard(now: Self.start + .seconds(4))
    #expect(!wasSilent)
    #expect(silence.deadline == Self.start + .seconds(9))
    #expect(silence.watch(now: Self.start + .seconds(9)) == .silent)
    let isBack = silence.heard(now: Self.start + .seconds(20))
    #expect(isBack && !silence.isSilent && silence.deadline == Self.start + .seconds(25))
    #expect(silence.watch(now: Self.start + .seconds(25)) == .silent)
  }

  @Test("that was looked at too late is for good at once")
  func late() {
    var silence = Self.silence()
    #expect(silence.watch(now: Self.start + .seconds(100)) == .gone)
  }
}
