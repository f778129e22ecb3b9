/// Why a session record cannot be read.
public enum SessionRecordError: Error, Hashable, Sendable {
  /// Shorter than its fields.
  case truncated
  /// Of a version that this implementation does not know.
  case versionUnsupported(UInt8)
  /// A field has a value that the protocol does not allow.
  case outOfRange(Field)
  /// A text is not UTF-8.
  case invalidText

  public enum Field: String, Hashable, Sendable {
    case picture
    case frameRate
    case audioPacketDuration
    case ticket
    case number
    case streams
    case title
    case text
  }
}
