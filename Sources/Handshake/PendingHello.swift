public import SessionProtocol

/// A hello that has been read and waits for the host's decision.
public struct PendingHello: Sendable {
  /// The key that the player has proved.
  public var player: PublicKey { self.responder.initiator }
  /// Whether a cookie has shown that the player receives at its address, which lifts the ``AmplificationLimit``.
  public let isAddressProven: Bool

  let responder: NoiseIK.Responder
  let ephemeral: [UInt8]
}
