/// One object with one member that says which message it is: `{"alive":{}}`, `{"release":"…"}`.
///
/// - Spec: Protocol/indexer.md §4.
extension HostMessage {
  private enum CodingKeys: String, CodingKey {
    case prepare, release, keys, alive, goodbye
  }

  private struct Empty: Codable {}

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    guard let key = container.allKeys.first, container.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "one message that is known expected")
      )
    }
    self =
      switch key {
      case .prepare: .prepare(try container.decode(Preparation.self, forKey: key))
      case .release: .release(try container.decode(SessionID.self, forKey: key))
      case .keys: .keys(try container.decode(String.self, forKey: key))
      case .alive: .alive
      case .goodbye: .goodbye
      }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .prepare(let preparation): try container.encode(preparation, forKey: .prepare)
    case .release(let session): try container.encode(session, forKey: .release)
    case .keys(let keys): try container.encode(keys, forKey: .keys)
    case .alive: try container.encode(Empty(), forKey: .alive)
    case .goodbye: try container.encode(Empty(), forKey: .goodbye)
    }
  }
}
