internal import Octets

/// Why a host gives a player no session.
///
/// - Spec: Protocol/session.md §4.3.
public struct SessionRefusal: Error, Hashable, Sendable {
  public enum Code: UInt8, Hashable, Sendable, CaseIterable {
    /// Every seat is taken.
    case noFreeSeat = 1
    /// The request's version is not one that the host speaks.
    case versionUnsupported = 2
    /// The host does not stream this picture or frame rate.
    case pictureNotAllowed = 3
    /// The session to resume has ended, or belongs to another player.
    case unknownSession = 4
    /// The host takes no new sessions.
    case hostShuttingDown = 5
    /// The game could not be started.
    case gameFailed = 6
    /// The ticket does not allow it.
    case notAllowed = 7
    /// Anything else, including codes that a later revision adds.
    case internalError = 255
  }

  /// The longest text, in bytes of UTF-8.
  public static let maximumTextByteCount = 200

  public let code: Code
  /// A sentence for the player, at most 200 bytes of UTF-8.
  public let text: String

  /// - Parameter text: cut after 200 bytes of whole characters.
  public init(_ code: Code, text: String) {
    self.code = code
    self.text = RecordText.bounded(text, byteCount: Self.maximumTextByteCount)
  }

  /// Reads a refusal. Bytes after it belong to later revisions and are not looked at.
  ///
  /// The version is not checked: every version's refusal can be read, the refusal of a version above all.
  public init(parsing bytes: RawSpan) throws(SessionRecordError) {
    guard bytes.byteCount >= 2 else { throw .truncated }
    self.code = Code(rawValue: bytes.bigEndian(at: 1, as: UInt8.self)) ?? .internalError
    self.text = try RecordText.parse(bytes, at: 2, maximumByteCount: Self.maximumTextByteCount, field: .text)
  }

  /// The wire form: 3 bytes and the text.
  public var serialized: [UInt8] {
    var bytes: [UInt8] = [SessionRequest.version, self.code.rawValue]
    RecordText.serialize(self.text, into: &bytes)
    return bytes
  }
}
