import MediaUnits
import Testing
import Transport

@Suite("The ladder of pictures")
struct PictureLadderTests {
  private static let top = PictureTerms(size: PictureSize(width: 1280, height: 720), frameRate: 60)

  /// Asks four times a second while the bitrate is what `bitrate` says, and notes each change with its second.
  private static func changes(
    of ladder: inout PictureLadder,
    seconds: Double,
    from start: Instant = .zero,
    bitrate: (Double) -> Double
  ) -> [(at: Double, picture: PictureTerms)] {
    var changes: [(at: Double, picture: PictureTerms)] = []
    for step in 0...Int(seconds * 4) {
      let second = Double(step) / 4
      let picture = ladder.picture(bitrate: .megabits(bitrate(second)), now: start + .milliseconds(step * 250))
      if picture != changes.last?.picture { changes.append((second, picture)) }
    }
    return changes
  }

  @Test("keeps what is wanted while the bitrate holds it", arguments: [3.0, 5, 10, 50])
  func holds(megabits: Double) {
    var ladder = PictureLadder(top: Self.top, codec: .h264)
    let changes = Self.changes(of: &ladder, seconds: 60) { _ in megabits }
    #expect(changes.map(\.picture) == [Self.top])
  }

  @Test("goes down within 1.5 s, resolution first, and not for a dip of half a second")
  func falls() {
    var ladder = PictureLadder(top: Self.top, codec: .h264)
    let changes = Self.changes(of: &ladder, seconds: 20) { second in
      if second < 10 { return 5.0...5.25 ~= second ? 2 : 5 }
      return 1.5
    }
    #expect(changes.count == 2)
    #expect(changes[0].picture == Self.top)
    #expect(changes[1].picture == PictureTerms(size: PictureSize(width: 640, height: 360), frameRate: 60))
    #expect(10...11.5 ~= changes[1].at)
  }

  @Test("halves the frame rate only once the picture is half as wide, and never leaves a side below 144")
  func steps() {
    var pictures: [PictureTerms] = []
    for kilobits in stride(from: 5000, through: 20, by: -20) {
      var ladder = PictureLadder(top: Self.top, codec: .h264)
      let picture = ladder.picture(bitrate: .kilobits(Int64(kilobits)), now: .zero)
      if picture != pictures.last { pictures.append(picture) }
    }
    #expect(pictures.map(\.size.width) == [1280, 960, 640, 640, 480, 320])
    #expect(pictures.map(\.frameRate) == [60, 60, 60, 30, 30, 30])
    #expect(pictures.allSatisfy { $0.size.width % 2 == 0 && $0.size.height % 2 == 0 && $0.size.height >= 144 })
  }

  @Test("needs less of HEVC")
  func hevc() {
    var hevc = PictureLadder(top: Self.top, codec: .hevc)
    var h264 = PictureLadder(top: Self.top, codec: .h264)
    #expect(hevc.picture(bitrate: .megabits(2.2), now: .zero) == Self.top)
    #expect(h264.picture(bitrate: .megabits(2.2), now: .zero) != Self.top)
  }

  @Test("needs room to spare to come back")
  func room() {
    var ladder = PictureLadder(top: Self.top, codec: .h264)
    // 1280 × 720 at 60 needs 2.76 Mbit/s.
    let changes = Self.changes(of: &ladder, seconds: 60) { $0 < 2 ? 2.3 : $0 < 40 ? 3.2 : 3.7 }
    #expect(changes.map(\.picture.size.width) == [960, 1280])
    #expect(changes.last.map { 45...46 ~= $0.at } ?? false)
  }

  @Test("comes back one step at a time, after five seconds of room each")
  func rises() {
    var ladder = PictureLadder(top: Self.top, codec: .h264)
    let changes = Self.changes(of: &ladder, seconds: 40) { $0 < 5 ? 1 : 8 }
    let widths = changes.map(\.picture.size.width)
    #expect(widths == [640, 960, 1280])
    #expect(zip(changes, changes.dropFirst()).allSatisfy { $1.at - $0.at >= 5 })
    #expect(changes[2].at <= 5 + 2 * 5.5)
  }

  @Test(
    "does not swing: a bitrate between two steps' needs, with noise, changes nothing after the first",
    arguments: 1...20 as ClosedRange<UInt64>
  )
  func noise(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var ladder = PictureLadder(top: Self.top, codec: .h264)
    let changes = Self.changes(of: &ladder, seconds: 120) { second in
      second == 0 ? 2.4 : 2.4 * Double.random(in: 0.9...1.1, using: &random)
    }
    #expect(changes.count == 1)
  }

  @Test("a step up that does not hold is tried more and more rarely")
  func backsOff() {
    var ladder = PictureLadder(top: Self.top, codec: .h264)
    // The path seems to have room until more is sent.
    var width = 1280
    var ups = 0
    var picture = ladder.picture(bitrate: .megabits(1), now: .zero)
    for step in 1...(4 * 300) {
      picture = ladder.picture(
        bitrate: .megabits(picture.size.width > 640 ? 1 : 8),
        now: .zero + .milliseconds(step * 250)
      )
      if picture.size.width > width { ups += 1 }
      width = picture.size.width
    }
    // Every eight seconds would be 37 times; 5, 10, 20, 40 and then every 60 seconds is less than a dozen.
    #expect(2...10 ~= ups, "\(ups)")
  }

  @Test("less than a third of what is needed is acted on at once")
  func emergency() {
    var ladder = PictureLadder(top: Self.top, codec: .h264)
    _ = ladder.picture(bitrate: .megabits(10), now: .zero)
    for step in 0...10 { _ = ladder.picture(bitrate: .megabits(0.3), now: .zero + .milliseconds(100 + step * 50)) }
    let picture = ladder.picture(bitrate: .megabits(0.3), now: .zero + .milliseconds(600))
    #expect(picture.size.width < 1280)
  }

  @Test("a slow decoder gets fewer frames, whatever the bitrate, and no step twice")
  func decoder() {
    var ladder = PictureLadder(top: Self.top, codec: .h264)
    ladder.limitDecoding(to: 25)
    #expect(ladder.picture(bitrate: .megabits(50), now: .zero) == PictureTerms(size: Self.top.size, frameRate: 25))
    ladder.limitDecoding(to: nil)
    #expect(ladder.picture(bitrate: .megabits(50), now: .zero) == Self.top)
  }

  @Test("a decoder's limit changes the rate, and takes back no step that the path has cost")
  func decoderKeepsStep() {
    var ladder = PictureLadder(top: Self.top, codec: .h264)
    let narrow = Self.changes(of: &ladder, seconds: 3) { _ in 1.5 }
    #expect(narrow.map(\.picture.size.width) == [640])
    ladder.limitDecoding(to: 40)
    let limited = Self.changes(of: &ladder, seconds: 6, from: .zero + .seconds(4)) { _ in 8 }
    #expect(limited.map(\.picture.size.width) == [640, 960])
    #expect(limited.allSatisfy { $0.picture.frameRate == 40 })
    #expect(limited.last.map { $0.at >= 5 } ?? false, "room for five seconds, as ever")
    ladder.limitDecoding(to: nil)
    let free = Self.changes(of: &ladder, seconds: 3, from: .zero + .seconds(11)) { _ in 8 }
    #expect(free.map(\.picture) == [PictureTerms(size: PictureSize(width: 960, height: 540), frameRate: 60)])
  }

  @Test("steps that a decoder's limit makes the same picture are taken as one")
  func decoderSkipsSteps() {
    var ladder = PictureLadder(top: Self.top, codec: .h264)
    // 640 × 360 at 60 needs 0.98 Mbit/s, and half of that at 30.
    _ = Self.changes(of: &ladder, seconds: 3) { _ in 0.6 }
    ladder.limitDecoding(to: 24)
    let changes = Self.changes(of: &ladder, seconds: 6, from: .zero + .seconds(4)) { _ in 8 }
    #expect(changes.map(\.picture.size.width) == [640, 960])
  }

  @Test("another codec needs other bits, and changes no step by itself")
  func codecKeepsStep() {
    var ladder = PictureLadder(top: Self.top, codec: .h264)
    _ = Self.changes(of: &ladder, seconds: 3) { _ in 1.5 }
    ladder.want(Self.top, codec: .hevc)
    // HEVC needs 1.26 Mbit/s for 960 × 540 at 60: less than there is, and too little to spare.
    let tight = Self.changes(of: &ladder, seconds: 20, from: .zero + .seconds(4)) { _ in 1.5 }
    #expect(tight.map(\.picture.size.width) == [640])
    let roomy = Self.changes(of: &ladder, seconds: 6, from: .zero + .seconds(25)) { _ in 1.7 }
    #expect(roomy.map(\.picture.size.width) == [640, 960])
  }

  @Test("is never outside what is wanted, whatever the bitrates and times", arguments: 1...100 as ClosedRange<UInt64>)
  func bounded(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let size = PictureSize(
      width: 2 * Int.random(in: 8...1920, using: &random),
      height: 2 * Int.random(in: 8...1080, using: &random)
    )
    let top = PictureTerms(size: size, frameRate: Int.random(in: 1...240, using: &random))
    var ladder = PictureLadder(top: top, codec: Bool.random(using: &random) ? .h264 : .hevc)
    var now = Instant.zero
    var lastChange: (Instant, PictureTerms)?
    for _ in 0..<2000 {
      now = now + .milliseconds(Int.random(in: 0...400, using: &random))
      let bitrate = Bitrate.kilobits(Int64.random(in: 0...30_000, using: &random))
      let picture = ladder.picture(bitrate: bitrate, now: now)
      #expect(picture.size.width <= top.size.width && picture.size.height <= top.size.height)
      #expect(picture.size.width >= 16 && picture.size.height >= 16 && picture.frameRate >= 1)
      #expect(picture.frameRate <= top.frameRate)
      if let last = lastChange, last.1 != picture {
        #expect(now - last.0 >= .milliseconds(300), "changes are paid for with key frames")
      }
      if picture != lastChange?.1 { lastChange = (now, picture) }
    }
  }
}
