public import MediaUnits

/// Decides which picture a bitrate can hold: lower resolution, then frame rate, when it cannot hold the one that is
/// wanted; back up, step by step, once it can again.
///
/// A picture that gets too few bits turns to blocks whenever something moves, which is worse than a smaller one that is
/// scaled up. Going down is decided within a second, and goes as far as it must; going up takes room to spare for five
/// seconds, goes one step at a time, and longer each time it had to be taken back. A key frame is the price of each
/// change, so that there are at least two seconds between two, but where less than a third of what is needed is there.
///
/// ```
///            bitrate < need of the present step, for 1 s (0.3 s where < a third)
///   step n ────────────────────────────────────────────────────────────────────▶ highest step whose need is met
///      ▲                                                                             │
///      └──────── bitrate ≥ 1.3 × need of the step above, for 5 s (doubling) ─────────┘
/// ```
public struct PictureLadder: Hashable, Sendable {
  /// Bits that a luma sample needs at 1280 × 720, so that motion does not turn to blocks. Smaller pictures have less
  /// alike within a block and need more: by the fourth root of how much smaller they are.
  ///
  /// - Source: ITU-T G.1072, whose coding impairment climbs steeply below 0.05 bit per sample.
  private static let bitsPerSample = 0.05
  /// HEVC does the same with so much of H.264's bits, by fast presets for interactive use.
  private static let hevcShare = 0.7
  private static let fallDelay: Duration = .seconds(1)
  private static let emergencyDelay: Duration = .milliseconds(300)
  private static let emergencyShare = 1.0 / 3
  private static let riseDelay: Duration = .seconds(5)
  private static let longestRiseDelay: Duration = .seconds(60)
  private static let riseMargin = 1.3
  private static let leastSpacing: Duration = .seconds(2)
  /// A step up that is taken back sooner than this was a mistake.
  private static let proofTime: Duration = .seconds(10)
  /// Sides and frame rates of the steps, of those that are wanted. Resolution goes first: motion is what games live by.
  private static let steps: [(scale: Double, rate: Double)] = [
    (1, 1), (0.75, 1), (0.5, 1), (0.5, 0.5), (0.375, 0.5), (0.25, 0.5),
  ]

  private var top: PictureTerms
  private var codec: VideoCodec
  private var decodableRate: Int?
  /// From the best picture to the least.
  private var rungs: [PictureTerms] = []
  private var present = 0
  private var tooLittleSince: Instant?
  private var muchTooLittleSince: Instant?
  private var enoughSince: Instant?
  private var changedAt: Instant?
  private var roseAt: Instant?
  private var presentRiseDelay = PictureLadder.riseDelay

  /// - Parameters:
  ///   - top: what is wanted, and what the best path gets.
  ///   - codec: what the pictures are compressed with.
  ///   - since: when `top` was first shown; `nil` if nothing has been shown, so that the first answer costs nothing.
  public init(top: PictureTerms, codec: VideoCodec, since: Instant? = nil) {
    self.top = top
    self.codec = codec
    self.build()
    self.changedAt = since
  }

  /// What is wanted has changed. The ladder begins anew at the step that suits the bitrate it is asked about next; where
  /// the codec alone has changed, it goes on from the present step by what that needs now.
  public mutating func want(_ top: PictureTerms, codec: VideoCodec) {
    self.codec = codec
    guard top != self.top else { return }
    self.top = top
    self.build()
  }

  /// The player's machine decodes no more than so many frames a second; `nil` for as many as come. The step stays: what
  /// the path carries is no other for that.
  public mutating func limitDecoding(to frameRate: Int?) {
    self.decodableRate = frameRate
  }

  /// The picture that suits a bitrate.
  ///
  /// Call it whenever the bitrate changes, and a few times a second besides.
  ///
  /// - Parameters:
  ///   - bitrate: what the path is thought to carry of video.
  ///   - isUsedUp: whether the stream takes what it is given; a picture that gets along with less is not made smaller.
  public mutating func picture(bitrate: Bitrate, isUsedUp: Bool = true, now: Instant) -> PictureTerms {
    self.watch(Double(bitrate.bitsPerSecond), isUsedUp: isUsedUp, now: now)
    if let target = self.target(Double(bitrate.bitsPerSecond), now: now), target != self.present {
      if target > self.present {
        let wasMistaken = self.roseAt.map { now - $0 < Self.proofTime } ?? false
        let delay = wasMistaken ? self.presentRiseDelay * 2 : self.presentRiseDelay
        self.presentRiseDelay = min(delay, Self.longestRiseDelay)
        self.roseAt = nil
      } else {
        self.roseAt = now
      }
      self.present = target
      self.changedAt = now
      self.forget()
    } else if let roseAt = self.roseAt, now - roseAt >= Self.proofTime {
      // The step up has held: the next may be tried as soon as at first.
      self.roseAt = nil
      self.presentRiseDelay = Self.riseDelay
    }
    // From the first answer on something is shown, and a change is paid for.
    self.changedAt = self.changedAt ?? now
    return self.shown(self.present)
  }

  /// The bitrate that a picture needs.
  static func need(of picture: PictureTerms, codec: VideoCodec) -> Double {
    let samples = Double(picture.size.width * picture.size.height)
    let perSample = Self.bitsPerSample * max(1, 921_600 / samples).squareRoot().squareRoot()
    return picture.sampleRate * perSample * (codec == .hevc ? Self.hevcShare : 1)
  }

  private func need(_ rung: Int) -> Double {
    Self.need(of: self.shown(rung), codec: self.codec)
  }

  /// The picture of a step, as far as it can be decoded.
  private func shown(_ rung: Int) -> PictureTerms {
    var picture = self.rungs[rung]
    if let rate = self.decodableRate { picture.frameRate = max(1, min(picture.frameRate, rate)) }
    return picture
  }

  /// The next better step; the decoder's limit can make two steps the same picture.
  private var above: Int? {
    let picture = self.shown(self.present)
    return (0..<self.present).last { self.shown($0) != picture }
  }

  /// Notes since when the bitrate has been too little, much too little, and enough for more.
  private mutating func watch(_ bitrate: Double, isUsedUp: Bool, now: Instant) {
    let need = isUsedUp ? self.need(self.present) : 0
    self.tooLittleSince = bitrate < need ? self.tooLittleSince ?? now : nil
    self.muchTooLittleSince = bitrate < need * Self.emergencyShare ? self.muchTooLittleSince ?? now : nil
    let isEnough = self.above.map { bitrate >= self.need($0) * Self.riseMargin } ?? false
    self.enoughSince = isEnough ? self.enoughSince ?? now : nil
  }

  /// The step to change to, if any.
  private func target(_ bitrate: Double, now: Instant) -> Int? {
    // The first answer is the right one at once: nothing has been shown yet.
    guard let changedAt = self.changedAt else { return self.highest(for: bitrate, from: 0) }
    if let since = self.muchTooLittleSince, now - since >= Self.emergencyDelay {
      return self.highest(for: bitrate, from: self.present)
    }
    guard now - changedAt >= Self.leastSpacing else { return nil }
    if let since = self.tooLittleSince, now - since >= Self.fallDelay {
      return self.highest(for: bitrate, from: self.present)
    }
    if let since = self.enoughSince, now - since >= self.presentRiseDelay { return self.above }
    return nil
  }

  /// The best step from `rung` down that the bitrate can hold; the last if it can hold none.
  private func highest(for bitrate: Double, from rung: Int) -> Int {
    (rung..<self.rungs.count).first { self.need($0) <= bitrate } ?? self.rungs.count - 1
  }

  private mutating func forget() {
    self.tooLittleSince = nil
    self.muchTooLittleSince = nil
    self.enoughSince = nil
  }

  private mutating func build() {
    var rungs: [PictureTerms] = []
    for step in Self.steps {
      let rate = max(min(self.top.frameRate, 24), Int(Double(self.top.frameRate) * step.rate))
      let size = step.scale == 1 ? self.top.size : self.top.size.scaled(by: step.scale)
      let rung = PictureTerms(size: size, frameRate: max(1, rate))
      // Below that nothing can be made out in a game.
      let isSmall = min(size.width, size.height) < 144 && step.scale < 1
      if !isSmall, rung != rungs.last { rungs.append(rung) }
    }
    self.rungs = rungs
    self.present = 0
    self.changedAt = nil
    self.roseAt = nil
    self.presentRiseDelay = Self.riseDelay
    self.forget()
  }
}
