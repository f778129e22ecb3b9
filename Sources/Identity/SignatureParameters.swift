internal import IndexAPI

/// What a `Signature-Input` header says of a signature.
///
/// - Spec: RFC 9421 §2.3, §4.1; Protocol/identity.md §2.
struct SignatureParameters {
  /// The header's value after the label: signed as it came, the parameters in whatever order.
  let text: String
  let value: RequestSignature.Verified

  init(parsing header: String, components: String) throws(RequestSignatureError) {
    let label = "martlet="
    guard header.utf8.starts(with: (label + components + ";").utf8), header.utf8.allSatisfy({ 0x20...0x7E ~= $0 })
    else { throw .malformed }
    var (created, nonce, key, algorithm): (Int64?, RequestID?, IdentityPublicKey?, Substring?)
    let parameters = header.dropFirst(label.count + components.count + 1)
    for parameter in parameters.split(separator: ";", omittingEmptySubsequences: false) {
      guard let equals = parameter.firstIndex(of: "=") else { throw .malformed }
      let value = parameter[parameter.index(after: equals)...]
      switch parameter[..<equals] {
      case "created" where created == nil: created = try Self.integer(value)
      case "nonce" where nonce == nil: nonce = RequestID(String(try Self.quoted(value)))
      case "keyid" where key == nil: key = IdentityPublicKey(base64URL: try Self.quoted(value))
      case "alg" where algorithm == nil: algorithm = try Self.quoted(value)
      default: throw .malformed
      }
    }
    guard let created, let nonce, let key, algorithm == "ed25519" else { throw .malformed }
    self.text = String(header.dropFirst(label.count))
    self.value = RequestSignature.Verified(key: key, created: created, nonce: nonce)
  }

  /// Up to 15 digits.
  ///
  /// - Spec: RFC 8941 §3.3.1.
  private static func integer(_ text: Substring) throws(RequestSignatureError) -> Int64 {
    guard 1...15 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let value = Int64(text) else {
      throw .malformed
    }
    return value
  }

  private static func quoted(_ text: Substring) throws(RequestSignatureError) -> Substring {
    guard text.utf8.count >= 2, text.first == "\"", text.last == "\"" else { throw .malformed }
    return text.dropFirst().dropLast()
  }
}
