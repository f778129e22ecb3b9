internal import Octets

/// On what terms the host streams at present: the data of an RTCP APP packet, named as ``InputAcknowledgement/name``
/// says.
///
/// - Spec: Protocol/feedback.md §7, RFC 3550 §6.7.
public struct TermsNotice: Hashable, Sendable {
  /// Why the terms are not those that the player wished for.
  public enum Limit: UInt8, Hashable, Sendable {
    /// They are.
    case none = 0
    /// The host's game, display or encoder has no others.
    case host = 1
    /// The path does not carry them.
    case bitrate = 2
    /// The player's machine does not decode so many frames.
    case decoder = 3
  }

  /// Its subtype.
  public static let subtype: UInt8 = 3
  /// Bytes of its data.
  public static let byteCount = 24

  /// Counts the changes of the terms since the session's grant, which is number 0.
  public var revision: UInt32
  /// The newest of the player's wishes that these terms answer; 0 before the first.
  public var answered: UInt32
  public var terms: StreamTerms
  public var limit: Limit

  public init(revision: UInt32, answered: UInt32, terms: StreamTerms, limit: Limit) {
    self.revision = revision
    self.answered = answered
    self.terms = terms
    self.limit = limit
  }

  /// Reads the data of an APP packet that has the right name and ``subtype``. An unknown reason is read as the host's.
  ///
  /// - Throws: ``SessionRecordError``. What follows the 24 bytes belongs to a later version, and is ignored.
  public init(parsing data: RawSpan) throws(SessionRecordError) {
    guard data.byteCount >= Self.byteCount else { throw .truncated }
    self.revision = data.bigEndian(at: 0)
    self.answered = data.bigEndian(at: 4)
    self.terms = try StreamTerms(parsing: data, at: 8)
    self.limit = Limit(rawValue: data.bigEndian(at: 20)) ?? .host
  }

  /// The data of the APP packet.
  public var serialized: [UInt8] {
    var data: [UInt8] = []
    data.appendBigEndian(self.revision)
    data.appendBigEndian(self.answered)
    self.terms.serialize(into: &data)
    data.append(self.limit.rawValue)
    data.append(contentsOf: [0, 0, 0])
    return data
  }
}
