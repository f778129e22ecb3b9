/// The steps of a frame's way from the game to the player's eyes, in their order.
public enum LatencyStage: Int, Hashable, Sendable, CaseIterable {
  case capture
  case convert
  case encode
  case send
  case network
  case assemble
  case decode
  case present

  /// One lower-case word, also the key in JSON.
  public var name: String { "\(self.key)" }

  /// What happens in it, for somebody who does not know the field.
  public var explanation: String {
    switch self {
    case .capture: "The host notices that the game has drawn and copies the picture."
    case .convert: "The host turns the picture's colours into those that the encoder takes."
    case .encode: "The host compresses the picture."
    case .send: "The host cuts it into packets, encrypts them, and sends the first."
    case .network: "The first packet travels to the player."
    case .assemble: "The player waits for the other packets, lost ones sent again included."
    case .decode: "The player turns the packets back into a picture."
    case .present: "The player puts the picture on the screen."
    }
  }
}
