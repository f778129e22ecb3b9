internal import Octets

/// What a host gives a player: the session's name, terms and streams.
///
/// - Spec: Protocol/session.md §4.2.
public struct SessionGrant: Hashable, Sendable {
  /// The SSRCs of a session's streams, all different.
  public struct Streams: Hashable, Sendable {
    public let video: UInt32
    public let videoRetransmission: UInt32
    public let audio: UInt32
    /// The player's own sending SSRC, unique on the host: it finds the session whatever address a packet comes from.
    public let input: UInt32

    public init(video: UInt32, videoRetransmission: UInt32, audio: UInt32, input: UInt32) {
      precondition(
        Set([video, videoRetransmission, audio, input]).count == 4,
        "the streams of a session have different SSRCs"
      )
      self.video = video
      self.videoRetransmission = videoRetransmission
      self.audio = audio
      self.input = input
    }
  }

  /// The longest title, in bytes of UTF-8.
  public static let maximumTitleByteCount = 64

  private static let fixedByteCount = 50

  public let connection: ConnectionID
  public let terms: StreamTerms
  public let streams: Streams
  /// Whether this continues the session that the request named, with its game as it was.
  public let isResumed: Bool
  /// How long either end may hear nothing before it takes the other for gone; whole milliseconds, at most 65,535.
  public let silenceTimeout: Duration
  /// How long after that the session can be resumed; whole seconds, at most 65,535.
  public let resumeWindow: Duration
  /// The game's name, at most 64 bytes of UTF-8.
  public let title: String

  /// - Parameter title: cut after 64 bytes of whole characters.
  public init(
    connection: ConnectionID,
    terms: StreamTerms,
    streams: Streams,
    isResumed: Bool,
    silenceTimeout: Duration,
    resumeWindow: Duration,
    title: String
  ) {
    precondition(
      silenceTimeout >= .zero && silenceTimeout <= .milliseconds(65_535),
      "a silence timeout has at most 65,535 ms"
    )
    precondition(resumeWindow >= .zero && resumeWindow <= .seconds(65_535), "a resume window has at most 65,535 s")
    self.connection = connection
    self.terms = terms
    self.streams = streams
    self.isResumed = isResumed
    self.silenceTimeout = silenceTimeout
    self.resumeWindow = resumeWindow
    self.title = RecordText.bounded(title, byteCount: Self.maximumTitleByteCount)
  }

  /// Reads a grant. Bytes after it belong to later revisions and are not looked at.
  public init(parsing bytes: RawSpan) throws(SessionRecordError) {
    guard bytes.byteCount >= 1 else { throw .truncated }
    let version = bytes.bigEndian(at: 0, as: UInt8.self)
    guard version == SessionRequest.version else { throw .versionUnsupported(version) }
    guard bytes.byteCount > Self.fixedByteCount else { throw .truncated }
    self.isResumed = bytes.bigEndian(at: 1, as: UInt8.self) & 1 == 1
    self.terms = try StreamTerms(parsing: bytes, at: 2)
    self.connection = ConnectionID(parsing: bytes, at: 14)
    let identifiers = (0..<4).map { bytes.bigEndian(at: 30 + 4 * $0, as: UInt32.self) }
    guard Set(identifiers).count == 4 else { throw .outOfRange(.streams) }
    self.streams = Streams(
      video: identifiers[0],
      videoRetransmission: identifiers[1],
      audio: identifiers[2],
      input: identifiers[3]
    )
    self.silenceTimeout = .milliseconds(Int(bytes.bigEndian(at: 46, as: UInt16.self)))
    self.resumeWindow = .seconds(Int(bytes.bigEndian(at: 48, as: UInt16.self)))
    self.title = try RecordText.parse(
      bytes,
      at: Self.fixedByteCount,
      maximumByteCount: Self.maximumTitleByteCount,
      field: .title
    )
  }

  /// The wire form: 51 bytes and the title.
  public var serialized: [UInt8] {
    var bytes: [UInt8] = [SessionRequest.version, self.isResumed ? 1 : 0]
    self.terms.serialize(into: &bytes)
    self.connection.serialize(into: &bytes)
    bytes.appendBigEndian(self.streams.video)
    bytes.appendBigEndian(self.streams.videoRetransmission)
    bytes.appendBigEndian(self.streams.audio)
    bytes.appendBigEndian(self.streams.input)
    bytes.appendBigEndian(UInt16(self.silenceTimeout / .milliseconds(1)))
    bytes.appendBigEndian(UInt16(self.resumeWindow / .seconds(1)))
    RecordText.serialize(self.title, into: &bytes)
    return bytes
  }
}
