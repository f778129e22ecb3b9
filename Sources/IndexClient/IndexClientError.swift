/// Why an indexer's answer could not be had. What an indexer answers with is thrown as `Problem`.
public enum IndexClientError: Error, Hashable, Sendable {
  /// Not `http://host:port` or `https://host:port`, with `#` and a key after it or without.
  case notAnAddress(String)
  /// The file with the certificates to trust cannot be read.
  case noCertificates(String)
  /// What answers there does not hold the key that was pinned, nor one that it vouches for.
  case wrongKey(String)
  /// None of these answered.
  case unreachable(tried: [String])
  /// Something answered that is no indexer, or one of another version.
  case unexpectedAnswer(status: Int, from: String)
  /// A stream of messages ended, or nothing came for fifteen seconds.
  case streamLost(String)
}

extension IndexClientError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAnAddress(let text):
      "\(text) is not the address of an indexer; write http://host:port or https://host:port, and #KEY to pin its key"
    case .noCertificates(let path): "cannot read certificates from \(path)"
    case .wrongKey(let base):
      "\(base) does not hold the key after # in its address; ask whoever runs the indexer for its address"
    case .unreachable(let tried): "no indexer answers; tried \(tried.joined(separator: ", "))"
    case .unexpectedAnswer(let status, let base): "\(base) gave an answer (status \(status)) that no indexer gives"
    case .streamLost(let base): "the stream of messages from \(base) is lost"
    }
  }
}
