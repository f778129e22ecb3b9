import Foundation
public import Identity

/// Where an indexer answers, and, after a `#`, the key that it must be: `https://index.example:8443#KEY`.
///
/// Without a key, the first key set that the indexer shows is believed, as with a first SSH connection.
///
/// - Spec: Protocol/identity.md §4.
public struct IndexerAddress: Hashable, Sendable {
  /// Scheme, host and port, without a `/` at the end.
  public let base: String
  public let key: IdentityPublicKey?

  /// - Returns: `nil` unless `text` is an HTTP or HTTPS URL with no path or query, and its fragment, if any, is a key.
  public init?(_ text: String) {
    guard let components = URLComponents(string: text), let scheme = components.scheme?.lowercased(),
      ["http", "https"].contains(scheme), let host = components.host, !host.isEmpty,
      ["", "/"].contains(components.path), components.query == nil, components.user == nil
    else { return nil }
    self.base = "\(scheme)://\(host)" + (components.port.map { ":\($0)" } ?? "")
    guard let fragment = components.fragment else {
      self.key = nil
      return
    }
    guard let key = IdentityPublicKey(base64URL: fragment) else { return nil }
    self.key = key
  }
}
