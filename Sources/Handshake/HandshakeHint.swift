/// Why a host may be silent: not authenticated, so good for an explanation and for nothing else.
///
/// - Spec: Protocol/session.md §3.4.
public enum HandshakeHint: UInt8, Hashable, Sendable {
  /// The host has another static key than the player believes.
  case cannotDecrypt = 1
  /// The host speaks another version of the handshake.
  case versionUnsupported = 2

  /// For the person who waits.
  public var sentence: String {
    switch self {
    case .cannotDecrypt:
      "Something at this address answers, but not with the expected key; check the key in the host's address."
    case .versionUnsupported: "The host speaks another version of the protocol; update the older of the two."
    }
  }
}
