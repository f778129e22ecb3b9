/// Where a host is and which key it must prove: `martlet://HOST:PORT#KEY`.
///
/// - Spec: Protocol/session.md §2.
public struct HostAddress: Hashable, Sendable {
  /// The UDP port of a host that names none.
  public static let defaultPort: UInt16 = 7777

  /// A name, an IPv4 address, or an IPv6 address without its brackets.
  public let host: String
  public let port: UInt16
  public let key: PublicKey

  /// - Returns: `nil` if the host is not a name or an address.
  public init?(host: String, port: UInt16 = HostAddress.defaultPort, key: PublicKey) {
    guard Self.isName(host) || Self.isIPv6(host) else { return nil }
    self.host = host
    self.port = port
    self.key = key
  }

  /// Reads the URL.
  ///
  /// - Throws: ``ParseError``, whose sentence can be shown to whoever typed it.
  public init(parsing text: String) throws(ParseError) {
    guard text.utf8.count <= 512, text.lowercased().hasPrefix("martlet://") else { throw .notMartlet }
    let rest = text.dropFirst("martlet://".count)
    guard let hash = rest.firstIndex(of: "#") else { throw .missingKey }
    guard let key = PublicKey(base64URL: rest[rest.index(after: hash)...]) else { throw .invalidKey }
    var authority = rest[..<hash]
    if authority.hasSuffix("/") { authority.removeLast() }
    guard !authority.contains(where: { "/?@".contains($0) }) else { throw .unexpectedPart }

    let host: Substring
    var port = Self.defaultPort
    let afterHost: Substring
    if authority.hasPrefix("[") {
      guard let bracket = authority.firstIndex(of: "]") else { throw .invalidHost }
      host = authority[authority.index(after: authority.startIndex)..<bracket]
      afterHost = authority[authority.index(after: bracket)...]
      guard Self.isIPv6(host) else { throw .invalidHost }
    } else {
      host = authority.prefix { $0 != ":" }
      afterHost = authority[host.endIndex...]
      guard !host.isEmpty else { throw .missingHost }
      guard Self.isName(host) else { throw .invalidHost }
    }
    if !afterHost.isEmpty {
      let digits = afterHost.dropFirst()
      guard afterHost.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = UInt16(digits), number > 0
      else { throw .invalidPort }
      port = number
    }
    self.host = String(host)
    self.port = port
    self.key = key
  }

  /// Letters, digits, dots, hyphens and underscores: a name or an IPv4 address.
  private static func isName(_ text: some StringProtocol) -> Bool {
    (1...253).contains(text.utf8.count)
      && text.utf8.allSatisfy { character in
        switch character {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      }
  }

  /// Hexadecimal digits, colons and dots, and perhaps a zone after a percent sign.
  private static func isIPv6(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    return parts[0].contains(":") && parts[0].utf8.count <= 45
      && parts[0].allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") }
      && (parts.count == 1 || parts[1].utf8.count <= 16 && self.isName(parts[1]))
  }
}

extension HostAddress: CustomStringConvertible {
  /// The URL, with its port.
  public var description: String {
    let host = self.host.contains(":") ? "[\(self.host)]" : self.host
    return "martlet://\(host):\(self.port)#\(self.key.base64URL)"
  }
}

extension HostAddress {
  /// What is wrong with a host's URL.
  public enum ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    case notMartlet
    case missingHost
    case invalidHost
    case invalidPort
    case missingKey
    case invalidKey
    case unexpectedPart

    /// A sentence for whoever typed the URL.
    public var description: String {
      switch self {
      case .notMartlet: "A host's address begins with martlet://, for instance martlet://192.0.2.7:7777#KEY."
      case .missingHost: "The address names no host between martlet:// and the port."
      case .invalidHost: "The host must be a name, an IPv4 address, or an IPv6 address in brackets."
      case .invalidPort: "The port after the host must be a number from 1 to 65535."
      case .missingKey: "The host's key is missing: the address ends with # and the 43 characters that the host prints."
      case .invalidKey: "The host's key after # must be the 43 characters that the host prints."
      case .unexpectedPart: "The address has a user, a path or a query, which a host's address never has."
      }
    }
  }
}
