internal import IndexAPI

/// What a `Signature-Input` header says of a signature.
///
/// - Spec: RFC 9421 §2.3, §4.1; Protocol/identity.md §2.
struct SignatureParameters {
  /// The header's value after the label: signed as it came, the parameters in whatever order.
  let text: String
  let value: RequestSignature.Verified

  init(parsing header: String, components: String) throws(RequestSignatureError) {
    // Bytes, not characters: finding those takes longer than all the rest.
    let bytes = Array(header.utf8)
    let start = Array("martlet=\(components);".utf8)
    guard bytes.starts(with: start), bytes.allSatisfy({ 0x20...0x7E ~= $0 }) else { throw .malformed }
    var (created, nonce, key, algorithm): (Int64?, RequestID?, IdentityPublicKey?, Bool?)
    for parameter in bytes[start.count...].split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
      guard let equals = parameter.firstIndex(of: UInt8(ascii: "=")) else { throw .malformed }
      let (name, value) = (parameter[..<equals], parameter[(equals + 1)...])
      if name.elementsEqual("created".utf8), created == nil {
        created = try Self.integer(value)
      } else if name.elementsEqual("nonce".utf8), nonce == nil {
        nonce = RequestID(String(decoding: try Self.quoted(value), as: UTF8.self))
      } else if name.elementsEqual("keyid".utf8), key == nil {
        key = IdentityPublicKey(base64URL: String(decoding: try Self.quoted(value), as: UTF8.self))
      } else if name.elementsEqual("alg".utf8), algorithm == nil {
        algorithm = try Self.quoted(value).elementsEqual("ed25519".utf8)
      } else {
        throw .malformed
      }
    }
    guard let created, let nonce, let key, algorithm == true else { throw .malformed }
    self.text = String(decoding: bytes["martlet=".utf8.count...], as: UTF8.self)
    self.value = RequestSignature.Verified(key: key, created: created, nonce: nonce)
  }

  /// Up to 15 digits.
  ///
  /// - Spec: RFC 8941 §3.3.1.
  private static func integer(_ digits: ArraySlice<UInt8>) throws(RequestSignatureError) -> Int64 {
    guard 1...15 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { throw .malformed }
    return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
  }

  private static func quoted(_ text: ArraySlice<UInt8>) throws(RequestSignatureError) -> ArraySlice<UInt8> {
    let quote = UInt8(ascii: "\"")
    guard text.count >= 2, text.first == quote, text.last == quote else { throw .malformed }
    return text.dropFirst().dropLast()
  }
}
