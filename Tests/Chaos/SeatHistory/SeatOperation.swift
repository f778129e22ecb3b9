/// One thing that somebody did with a host's seats, and what came of it.
public struct SeatOperation: Codable, Hashable, Sendable {
  public enum Kind: Codable, Hashable, Sendable {
    /// A seat is given to `session` for `lease` nanoseconds.
    case reserve(session: String, lease: Int64)
    /// `session` goes on for `lease` nanoseconds from now: confirmed, extended, or let in by its host.
    case extend(session: String, lease: Int64)
    /// `session` ends.
    case release(session: String)
    /// Somebody read which sessions hold seats.
    case observe(live: [String])
  }

  public enum Outcome: String, Codable, Hashable, Sendable {
    /// It took effect, at one moment between asking and answering.
    case done
    /// It took no effect, since at one moment between asking and answering there was no free seat, or no such session.
    case refused
    /// Nobody knows: it took effect at some moment after the asking, or never.
    case unknown
  }

  public var kind: Kind
  public var outcome: Outcome
  /// Nanoseconds on a clock that all who wrote the history share.
  public var invoked: Int64
  /// Not less than ``invoked``; without meaning where the outcome is unknown.
  public var returned: Int64

  public init(_ kind: Kind, _ outcome: Outcome, invoked: Int64, returned: Int64) {
    self.kind = kind
    self.outcome = outcome
    self.invoked = invoked
    self.returned = returned
  }
}
