import MediaUnits
import SessionProtocol
import Testing

@testable import Transport

@Suite("The host's part in changes of a stream")
struct HostTermsTests {
  private static func terms(_ width: Int, _ height: Int, _ frameRate: Int = 60) -> StreamTerms {
    StreamTerms(
      picture: PictureSize(width: width, height: height),
      frameRate: frameRate,
      maximumBitrate: .megabits(10),
      audioPacketDuration: .milliseconds(10)
    )
  }

  private static func host(_ granted: StreamTerms) -> HostTerms {
    HostTerms(
      granted: granted,
      bounds: TermsBounds(
        size: PictureSize(width: 1280, height: 720),
        frameRate: 60,
        bitrate: .megabits(20),
        codecs: [.h264]
      )
    )
  }

  private static func reading(_ megabits: Double) -> PictureAdaptation.Reading {
    PictureAdaptation.Reading(bitrate: .megabits(megabits), isUsedUp: true)
  }

  @Test("on another path, a wish is granted by what is read of that, and not of the one before")
  func otherPath() {
    var terms = Self.host(Self.terms(640, 360))
    var now = Instant(nanoseconds: 1_000_000_000)
    terms.adapt(to: Self.reading(10), now: now)
    terms.pathChanged()
    let wish = Self.terms(1280, 720)
    terms.received(TermsWish(number: 1, decodableRate: nil, terms: wish), now: now)
    #expect(terms.nextChange(now: now) == nil)
    #expect(terms.notice.answered == 1 && terms.notice.limit == .bitrate)
    now = now + .seconds(1)
    terms.adapt(to: Self.reading(2), now: now)
    #expect(terms.nextChange(now: now) == Self.terms(960, 540))
  }

  @Test("on a path that is known, a wish is granted at once as far as that carries it")
  func knownPath() {
    var terms = Self.host(Self.terms(640, 360))
    let now = Instant(nanoseconds: 1_000_000_000)
    terms.adapt(to: Self.reading(2), now: now)
    terms.received(TermsWish(number: 1, decodableRate: nil, terms: Self.terms(1280, 720)), now: now)
    #expect(terms.nextChange(now: now) == Self.terms(960, 540))
  }

  @Test("a decoder that is slower or faster changes the rate, and no picture that the path has cost")
  func decoder() {
    var terms = Self.host(Self.terms(1280, 720))
    var now = Instant(nanoseconds: 1_000_000_000)
    // The path narrows; as soon as the picture is smaller, there is room again.
    for step in 0..<11 {
      terms.adapt(to: Self.reading(step < 9 ? 1 : 8), now: now)
      if let change = terms.nextChange(now: now) { terms.changed(to: change) }
      now = now + .milliseconds(250)
    }
    #expect(terms.inForce == Self.terms(640, 360))
    for (number, rate) in [(1, 30), (2, 50), (3, nil)] as [(UInt32, Int?)] {
      let wish = TermsWish(number: number, decodableRate: rate, terms: Self.terms(1280, 720))
      terms.received(wish, now: now)
      #expect(terms.nextChange(now: now) == Self.terms(640, 360, rate ?? 60))
      terms.changed(to: Self.terms(640, 360, rate ?? 60))
      now = now + .milliseconds(300)
    }
  }
}
