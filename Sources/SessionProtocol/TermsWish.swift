internal import Octets

/// What a player would like the stream to be from now on: the data of an RTCP APP packet, named as
/// ``InputAcknowledgement/name`` says.
///
/// - Spec: Protocol/feedback.md §7, RFC 3550 §6.7.
public struct TermsWish: Hashable, Sendable {
  /// Its subtype.
  public static let subtype: UInt8 = 2
  /// Bytes of its data.
  public static let byteCount = 20

  /// Counts the wishes of a session, from 1; a wish that is said again keeps its number.
  public var number: UInt32
  /// Frames a second that the player's machine can decode, 1 ... 65535; `nil` for as many as come.
  public var decodableRate: Int?
  /// The most that the player wants. How long a packet of sound lasts is not for change.
  public var terms: StreamTerms

  /// - Parameter decodableRate: 1 ... 65535.
  public init(number: UInt32, decodableRate: Int?, terms: StreamTerms) {
    precondition(decodableRate.map { 1...65_535 ~= $0 } ?? true, "a rate is 1 to 65,535 frames a second")
    self.number = number
    self.decodableRate = decodableRate
    self.terms = terms
  }

  /// Reads the data of an APP packet that has the right name and ``subtype``.
  ///
  /// - Throws: ``SessionRecordError``. What follows the twenty bytes belongs to a later version, and is ignored.
  public init(parsing data: RawSpan) throws(SessionRecordError) {
    guard data.byteCount >= Self.byteCount else { throw .truncated }
    let number: UInt32 = data.bigEndian(at: 0)
    guard number > 0 else { throw .outOfRange(.number) }
    let rate: UInt16 = data.bigEndian(at: 4)
    self.number = number
    self.decodableRate = rate == 0 ? nil : Int(rate)
    self.terms = try StreamTerms(parsing: data, at: 8)
  }

  /// The data of the APP packet.
  public var serialized: [UInt8] {
    var data: [UInt8] = []
    data.appendBigEndian(self.number)
    data.appendBigEndian(UInt16(self.decodableRate ?? 0))
    data.appendBigEndian(UInt16(0))
    self.terms.serialize(into: &data)
    return data
  }
}
