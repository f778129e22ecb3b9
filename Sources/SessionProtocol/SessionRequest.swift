internal import Octets

/// What a player asks of a host: the payload of the handshake's first message.
///
/// - Spec: Protocol/session.md §4.1.
public struct SessionRequest: Hashable, Sendable {
  /// The version of the session records that this implementation speaks.
  public static let version: UInt8 = 1
  /// The longest ticket, in bytes.
  public static let maximumTicketByteCount = 512

  private static let fixedByteCount = 40

  public let terms: StreamTerms
  /// The session to continue; `nil` for a new one.
  public let resumedSession: ConnectionID?
  /// Nanoseconds since 1970 by the player's clock; each request of a player key must have a higher one than the last.
  public let requestTime: UInt64
  /// What entitles the player to the session; opaque here, at most 512 bytes.
  public let ticket: [UInt8]

  public init(terms: StreamTerms, resumedSession: ConnectionID? = nil, requestTime: UInt64, ticket: [UInt8] = []) {
    precondition(ticket.count <= Self.maximumTicketByteCount, "a ticket has at most 512 bytes")
    self.terms = terms
    self.resumedSession = resumedSession
    self.requestTime = requestTime
    self.ticket = ticket
  }

  /// Reads a request. Bytes after it belong to later revisions and are not looked at.
  ///
  /// - Throws: ``SessionRecordError``; answer a version that is not supported with a refusal.
  public init(parsing bytes: RawSpan) throws(SessionRecordError) {
    guard bytes.byteCount >= 1 else { throw .truncated }
    let version = bytes.bigEndian(at: 0, as: UInt8.self)
    guard version == Self.version else { throw .versionUnsupported(version) }
    guard bytes.byteCount >= Self.fixedByteCount else { throw .truncated }
    let resumes = bytes.bigEndian(at: 1, as: UInt8.self) & 1 == 1
    self.terms = try StreamTerms(parsing: bytes, at: 2)
    self.requestTime = bytes.bigEndian(at: 14)
    self.resumedSession = resumes ? ConnectionID(parsing: bytes, at: 22) : nil
    let ticketByteCount = Int(bytes.bigEndian(at: 38, as: UInt16.self))
    guard ticketByteCount <= Self.maximumTicketByteCount else { throw .outOfRange(.ticket) }
    guard bytes.byteCount >= Self.fixedByteCount + ticketByteCount else { throw .truncated }
    self.ticket = bytes.array(Self.fixedByteCount..<Self.fixedByteCount + ticketByteCount)
  }

  /// The wire form: 40 bytes and the ticket.
  public var serialized: [UInt8] {
    var bytes: [UInt8] = [Self.version, self.resumedSession == nil ? 0 : 1]
    self.terms.serialize(into: &bytes)
    bytes.appendBigEndian(self.requestTime)
    (self.resumedSession ?? ConnectionID(high: 0, low: 0)).serialize(into: &bytes)
    bytes.appendBigEndian(UInt16(self.ticket.count))
    return bytes + self.ticket
  }
}
