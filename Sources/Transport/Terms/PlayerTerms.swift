public import MediaUnits
public import SessionProtocol

/// The player's part in changes of a running stream: says what is wished for until the host answers, and knows what is
/// in force.
///
/// - Spec: Protocol/feedback.md §7.
public struct PlayerTerms: Hashable, Sendable {
  /// How soon a wish is said again, however short the round trip.
  private static let leastInterval: Duration = .milliseconds(50)
  private static let longestInterval: Duration = .seconds(1)
  /// A host that has not answered by then does not know what a wish is.
  private static let patience: Duration = .seconds(10)

  /// What streams now, as far as the host has told.
  public private(set) var inForce: StreamTerms
  /// Why it is not what was wished for.
  public private(set) var limit = TermsNotice.Limit.none
  /// What is wished for.
  public private(set) var wished: StreamTerms
  private var decodableRate: Int?
  private var number: UInt32 = 0
  private var revision: UInt32 = 0
  private var answered: UInt32 = 0
  /// While a wish waits for its answer.
  private var sendAt: Instant?
  private var interval = Duration.zero
  private var wishedAt = Instant.zero

  public init(granted: StreamTerms) {
    self.inForce = granted
    self.wished = granted
  }

  /// Whether a wish has not been answered yet.
  public var isWaiting: Bool { self.sendAt != nil }

  /// Wishes for other terms, in place of all that was wished for before.
  public mutating func wish(_ terms: StreamTerms, now: Instant) {
    self.wished = terms
    self.renew(now: now)
  }

  /// This machine decodes so many frames a second; `nil` for as many as come.
  mutating func limitDecoding(to rate: Int?, now: Instant) {
    guard rate != self.decodableRate else { return }
    self.decodableRate = rate
    self.renew(now: now)
  }

  /// The session goes on with new keys: what was not answered is said again.
  public mutating func resume(_ granted: StreamTerms, now: Instant) {
    self.inForce = granted
    if self.sendAt != nil { self.renew(now: now) }
  }

  /// When ``poll(roundTrip:now:)`` is to be called.
  var deadline: Instant? { self.sendAt }

  /// What the poll found.
  enum Step: Hashable, Sendable {
    case send(TermsWish)
    /// The host does not answer; nothing more is said.
    case unanswered
  }

  /// The wish, when it is to be said, again or for the first time.
  mutating func poll(roundTrip: Duration?, now: Instant) -> Step? {
    guard let sendAt = self.sendAt, sendAt <= now else { return nil }
    guard now - self.wishedAt < Self.patience else {
      self.sendAt = nil
      return .unanswered
    }
    let least = max(Self.leastInterval, (roundTrip ?? .zero) * 3 / 2)
    self.interval = min(max(self.interval * 2, least), Self.longestInterval)
    self.sendAt = now + self.interval
    return .send(TermsWish(number: self.number, decodableRate: self.decodableRate, terms: self.wished))
  }

  /// What a notice brought.
  struct News: Hashable, Sendable {
    /// The terms have changed.
    var hasChanged: Bool
    /// The newest wish has been answered, or what the session was asked to begin with.
    var isAnswered: Bool
  }

  /// A notice has come, perhaps not for the first time, perhaps overtaken.
  mutating func received(_ notice: TermsNotice) -> News {
    guard notice.revision >= self.revision, notice.answered >= self.answered, notice.answered <= self.number else {
      return News(hasChanged: false, isAnswered: false)
    }
    let hasChanged = notice.revision > self.revision
    let isAnswered =
      self.sendAt != nil && notice.answered == self.number
      || notice.answered == 0 && notice.revision == 0 && notice.limit != self.limit
    self.revision = notice.revision
    self.answered = notice.answered
    self.inForce = notice.terms
    self.limit = notice.limit
    if notice.answered == self.number { self.sendAt = nil }
    return News(hasChanged: hasChanged, isAnswered: isAnswered)
  }

  private mutating func renew(now: Instant) {
    // A player that wishes four thousand million times has had its share.
    guard self.number < .max else { return }
    self.number += 1
    self.sendAt = now
    self.interval = .zero
    self.wishedAt = now
  }
}
