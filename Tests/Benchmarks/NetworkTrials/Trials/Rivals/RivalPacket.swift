internal import MediaUnits

/// A datagram of a rival's sender.
struct RivalPacket: Sendable {
  /// A part of a frame, or parity for it.
  struct Part: Hashable, Sendable {
    /// Counts the parts of all frames.
    var sequence: Int64
    var frame: Int
    /// Parts of the frame come first, then parity.
    var index: Int
    /// Parts of the frame, without parity.
    var sourceCount: Int
    /// Parity packets.
    var parityCount: Int
    var isKeyframe: Bool
    var payloadByteCount: Int
  }

  enum Content: Sendable {
    case part(Part)
    case audio
    case padding
  }

  /// Payload of a datagram at most, and what is around it, as in Martlet's own.
  static let maximumPayloadByteCount = 1140
  static let headerByteCount = 60 + 28

  var content: Content
  /// Counts every datagram of the sender.
  var transportSequence: Int64 = 0
}

/// A datagram of a rival's receiver.
enum RivalAnswer: Sendable {
  case feedback(RivalFeedback)
  /// Parts that are missing, by their numbers.
  case missing([Int64])
  /// A picture cannot be put together: a key frame is needed.
  case pictureLoss
}

/// When datagrams arrived, told all at once.
struct RivalFeedback: Sendable {
  /// What the first of ``arrivals`` is about.
  var first: Int64
  /// One for each datagram that was sent; `nil` for those that did not arrive.
  var arrivals: [Instant?]
  /// How long after the newest arrival this was sent.
  var hold: Duration
}
