internal import MediaUnits
public import SessionProtocol

/// The host's part in changes of a running stream: what the player wishes, what the path allows, and what is in force.
///
/// One change at a time is under way; what is asked for meanwhile, by either side, is brought about after it, the newest
/// only. Wishes count up, so that one that is said again, or comes late, changes nothing.
///
/// ```
///          wish, limit ─▶ wanted ≠ in force?
///   settled ───────────────────────────────▶ under way ── changed ──▶ settled, revision + 1
///      ▲                                         │
///      └──── failed: not tried again for 10 s ───┘
/// ```
///
/// - Spec: Protocol/feedback.md §7.
public struct HostTerms: Sendable {
  /// Each change takes an encoder: a player that wishes without end gets no more of them than this.
  private static let leastSpacing: Duration = .milliseconds(250)
  private static let failureDelay: Duration = .seconds(10)

  /// What the host can do; less, once something turned out not to work.
  public private(set) var bounds: TermsBounds
  /// What streams now.
  public private(set) var inForce: StreamTerms
  /// What the player wishes for, as far as the host can do it.
  public private(set) var wished: StreamTerms
  /// Frames a second that the player's machine can decode; `nil` for as many as come.
  public private(set) var decodableRate: Int?
  /// The picture that the path carries; `nil` for any.
  private var carried: PictureTerms?
  /// Finds ``carried``, once something is known of the path.
  private var ladder: PictureLadder?
  /// The last one of the path that there is now.
  private var reading: PictureAdaptation.Reading?
  private var underWay: StreamTerms?
  /// Why what is wanted is not what is in force.
  private var cause = ControlTrace.Change.Reason.wish
  /// Why the newest change was begun.
  private(set) var causeUnderWay = ControlTrace.Change.Reason.wish
  private var newestWish: UInt32 = 0
  private var answered: UInt32 = 0
  private var revision: UInt32 = 0
  private var wishIsLimited = false
  /// The player wishes for intra refresh, and there is none.
  private var lacksRefresh = false
  private var playerWishesRefresh = false
  private var refused: (terms: StreamTerms, until: Instant)?
  private var nextChangeAt = Instant.zero
  private var mustTell = false

  /// - Parameters:
  ///   - granted: what the session begins with.
  ///   - wish: what the player asked for, which may be another codec; `nil` for what was granted.
  public init(granted: StreamTerms, wish: StreamTerms? = nil, bounds: TermsBounds) {
    self.bounds = bounds
    self.inForce = granted
    self.wished = granted
    if let wish { self.take(wish) }
    self.mustTell = self.lacksRefresh
  }

  /// What the player is told.
  public var notice: TermsNotice {
    TermsNotice(revision: self.revision, answered: self.answered, terms: self.inForce, limit: self.limit)
  }

  /// Whether there is anything to tell that the grant did not say.
  var isTold: Bool { self.revision > 0 || self.answered > 0 || self.lacksRefresh }

  /// Whether the notice is to leave at once.
  mutating func takeMustTell() -> Bool {
    defer { self.mustTell = false }
    return self.mustTell
  }

  /// A wish has come, perhaps not for the first time.
  mutating func received(_ wish: TermsWish, now: Instant) {
    guard wish.number > self.newestWish else {
      // It was answered, and the answer was lost.
      if wish.number <= self.answered { self.mustTell = true }
      return
    }
    self.newestWish = wish.number
    if self.decodableRate != wish.decodableRate { self.cause = .decoder }
    self.decodableRate = wish.decodableRate
    let before = self.wished
    self.take(wish.terms)
    self.climb(now: now)
    if self.wished != before { self.cause = .wish }
  }

  /// The path carries so much of the host's stream: the picture follows, by ``PictureLadder``.
  ///
  /// To be called a few times a second.
  mutating func adapt(to reading: PictureAdaptation.Reading, now: Instant) {
    self.reading = reading
    self.climb(now: now)
  }

  /// The path is another, or was not made use of for a while: the picture stays until something is known of it.
  mutating func pathChanged() {
    self.reading = nil
  }

  private mutating func climb(now: Instant) {
    guard let reading = self.reading else { return }
    let top = PictureTerms(size: self.wished.picture, frameRate: self.wished.frameRate)
    var ladder = self.ladder ?? PictureLadder(top: top, codec: self.inForce.codec, since: now)
    ladder.want(top, codec: self.inForce.codec)
    ladder.limitDecoding(to: self.decodableRate)
    let before = self.wanted
    self.carried = ladder.picture(bitrate: reading.bitrate, isUsedUp: reading.isUsedUp, now: now)
    if self.wanted != before { self.cause = .path }
    self.ladder = ladder
  }

  /// The change to begin now, if there is one. It is under way from then on, until ``changed(to:)`` or
  /// ``failed(now:)``.
  mutating func nextChange(now: Instant) -> StreamTerms? {
    guard self.underWay == nil else { return nil }
    let wanted = self.wanted
    guard wanted != self.inForce, !self.isRefused(wanted, now: now) else {
      self.answer()
      return nil
    }
    guard self.nextChangeAt <= now else { return nil }
    self.underWay = wanted
    self.causeUnderWay = self.cause
    self.nextChangeAt = now + Self.leastSpacing
    return wanted
  }

  /// When ``nextChange(now:)`` is to be asked again though nothing has happened; `nil` for never.
  var deadline: Instant? {
    guard self.underWay == nil, self.wanted != self.inForce else { return nil }
    if let refused = self.refused, refused.terms == self.wanted { return max(refused.until, self.nextChangeAt) }
    return self.nextChangeAt
  }

  /// The stream has changed: the next frame is a key frame on these terms.
  mutating func changed(to terms: StreamTerms) {
    self.underWay = nil
    self.inForce = terms
    self.revision += 1
    self.mustTell = true
  }

  /// The change that was under way could not be made; the stream goes on as it was.
  ///
  /// - Returns: what it was.
  mutating func failed(now: Instant) -> StreamTerms? {
    guard let terms = self.underWay else { return nil }
    self.underWay = nil
    if terms.hasIntraRefresh, !self.inForce.hasIntraRefresh || terms.codec != self.inForce.codec {
      // The encoder has no intra refresh after all. Without, it is tried again.
      self.bounds.refreshable.remove(terms.codec)
      self.wished = self.bounds.terms(nearest: self.wished, present: self.inForce)
      self.lacksRefresh = self.playerWishesRefresh
    } else if terms.codec != self.inForce.codec {
      // There is no such encoder after all.
      self.bounds.codecs.remove(terms.codec)
      self.wished = self.bounds.terms(nearest: self.wished, present: self.inForce)
      self.wishIsLimited = true
    } else {
      self.refused = (terms, now + Self.failureDelay)
    }
    return terms
  }

  private mutating func take(_ wish: StreamTerms) {
    self.wished = self.bounds.terms(nearest: wish, present: self.inForce)
    self.wishIsLimited =
      self.wished.picture != wish.picture || self.wished.frameRate != wish.frameRate
      || self.wished.codec != wish.codec
    self.playerWishesRefresh = wish.hasIntraRefresh
    self.lacksRefresh = wish.hasIntraRefresh && !self.wished.hasIntraRefresh
  }

  /// What the stream should be: the player's wish, lowered to what path and decoder can take.
  private var wanted: StreamTerms {
    var picture = PictureTerms(size: self.wished.picture, frameRate: self.wished.frameRate)
    if let carried = self.carried { picture.narrow(to: carried) }
    return StreamTerms(
      picture: picture.size,
      frameRate: max(1, min(picture.frameRate, self.decodableRate ?? picture.frameRate)),
      maximumBitrate: self.wished.maximumBitrate,
      audioPacketDuration: self.inForce.audioPacketDuration,
      codec: self.wished.codec,
      hasIntraRefresh: self.wished.hasIntraRefresh
    )
  }

  private var limit: TermsNotice.Limit {
    let (now, wish) = (self.inForce, self.wished)
    if now.frameRate < wish.frameRate, let rate = self.decodableRate, now.frameRate == rate { return .decoder }
    if now.picture != wish.picture || now.frameRate < wish.frameRate { return .bitrate }
    return self.wishIsLimited || self.lacksRefresh || now.codec != wish.codec ? .host : .none
  }

  private func isRefused(_ terms: StreamTerms, now: Instant) -> Bool {
    self.refused.map { $0.terms == terms && now < $0.until } ?? false
  }

  /// Everything wished for is in force, or as near to it as can be.
  private mutating func answer() {
    guard self.answered < self.newestWish else { return }
    self.answered = self.newestWish
    self.mustTell = true
  }
}

extension RateController {
  /// The stream goes on with these terms.
  mutating func change(to terms: StreamTerms) {
    self.change(cap: terms.maximumBitrate, interval: .nanoseconds(1_000_000_000 / Int64(terms.frameRate)))
  }
}
