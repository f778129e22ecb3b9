internal import MediaUnits
internal import Transport

/// One datagram on a simulated path.
struct TrialPacket: Sendable {
  /// What it is for, as bandwidth is counted.
  enum Role: Int, Sendable, CaseIterable {
    /// Pictures and sound, sent for the first time.
    case media
    /// Retransmissions, parity, and padding of probes.
    case repair
    /// Reports and requests.
    case control
  }

  enum Body: Sendable {
    /// A datagram of Martlet's, in plaintext.
    case session([UInt8], PacketKind)
    /// Media of a rival.
    case rival(RivalPacket)
    /// What a rival's receiver says.
    case answer(RivalAnswer)
    /// A TCP segment, by the number of its transmission.
    case segment(Int64)
    /// The acknowledgement of one.
    case acknowledgement(Int64)
  }

  /// What IP and UDP, and encryption's tag, add to an RTP packet.
  static let overheadByteCount = 20 + 8 + 16

  /// Which of the flows that share the path sent it.
  var flow: Int
  /// What it takes of the bottleneck, headers and encryption's tag included.
  var byteCount: Int
  var role: Role
  var body: Body
}
