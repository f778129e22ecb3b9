internal import Crypto
public import IndexAPI

/// Why a request's signature does not hold.
public enum RequestSignatureError: Error, Hashable, Sendable, CaseIterable {
  /// One of the three headers is not there.
  case missing
  /// A header is not of the profile.
  case malformed
  /// The body is not the one that was signed.
  case wrongDigest
  case wrongSignature
}

/// Signs requests, and checks who has signed them.
///
/// One fixed profile: Ed25519, the components `@method`, `@path`, `@query` and `content-digest` in this order, and the
/// label `martlet`.
///
/// - Spec: RFC 9421 §2.5, §3; RFC 9530 §2; Protocol/identity.md §2.
public enum RequestSignature {
  /// The values of the three headers.
  public struct Headers: Hashable, Sendable {
    /// `Content-Digest`.
    public var contentDigest: String
    /// `Signature-Input`.
    public var signatureInput: String
    /// `Signature`.
    public var signature: String

    public init(contentDigest: String, signatureInput: String, signature: String) {
      self.contentDigest = contentDigest
      self.signatureInput = signatureInput
      self.signature = signature
    }
  }

  /// A signature that holds; whether it is fresh is ``NonceWindow``'s to say.
  public struct Verified: Hashable, Sendable {
    public var key: IdentityPublicKey
    /// Seconds since 1970, by the sender's clock.
    public var created: Int64
    public var nonce: RequestID

    public init(key: IdentityPublicKey, created: Int64, nonce: RequestID) {
      self.key = key
      self.created = created
      self.nonce = nonce
    }
  }

  /// Of any of the three headers.
  public static let maximumHeaderByteCount = 512

  private static let components = #"("@method" "@path" "@query" "content-digest")"#

  /// - Parameters:
  ///   - path: as sent, percent-encoded, beginning with `/`.
  ///   - query: as sent, without the `?`; empty for none.
  ///   - created: seconds since 1970.
  public static func sign(
    method: String,
    path: String,
    query: String,
    body: [UInt8],
    created: Int64,
    nonce: RequestID,
    key: IdentityKey
  ) -> Headers {
    let digest = Self.digest(of: body)
    let parameters =
      Self.components + #";created=\#(created);nonce="\#(nonce)";keyid="\#(key.publicKey.base64URL)";alg="ed25519""#
    let base = Self.base(method: method, path: path, query: query, contentDigest: digest, parameters: parameters)
    return Headers(
      contentDigest: digest,
      signatureInput: "martlet=" + parameters,
      signature: "martlet=:" + Base64.encode(key.sign(base)) + ":"
    )
  }

  /// Checks that the holder of the key that the headers name has signed this request; says nothing about when.
  ///
  /// - Parameters:
  ///   - path: as received.
  ///   - query: as received, without the `?`.
  ///   - contentDigest: the header's value, `nil` if it is not there.
  ///   - signatureInput: likewise.
  ///   - signature: likewise.
  public static func verify(
    method: String,
    path: String,
    query: String,
    body: [UInt8],
    contentDigest: String?,
    signatureInput: String?,
    signature: String?
  ) throws(RequestSignatureError) -> Verified {
    guard let contentDigest, let signatureInput, let signature else { throw .missing }
    let bound = Self.maximumHeaderByteCount
    guard contentDigest.utf8.count <= bound, signatureInput.utf8.count <= bound, signature.utf8.count <= bound,
      // What holds a line break could pass for another component.
      [method, path, query].allSatisfy({ $0.utf8.allSatisfy { 0x21...0x7E ~= $0 } })
    else { throw .malformed }
    guard let signatureBytes = Self.byteSequence(signature, prefix: "martlet=:"), signatureBytes.count == 64,
      let digestBytes = Self.byteSequence(contentDigest, prefix: "sha-256=:"), digestBytes.count == 32
    else { throw .malformed }
    let verified = try SignatureParameters(parsing: signatureInput, components: Self.components)
    guard digestBytes.elementsEqual(SHA256.hash(data: body)) else { throw .wrongDigest }
    let base = Self.base(
      method: method,
      path: path,
      query: query,
      contentDigest: contentDigest,
      parameters: verified.text
    )
    guard verified.value.key.isValid(signature: signatureBytes, of: base) else { throw .wrongSignature }
    return verified.value
  }

  private static func digest(of body: [UInt8]) -> String {
    "sha-256=:" + Base64.encode(Array(SHA256.hash(data: body))) + ":"
  }

  private static func base(
    method: String,
    path: String,
    query: String,
    contentDigest: String,
    parameters: String
  ) -> [UInt8] {
    Array(
      """
      "@method": \(method)
      "@path": \(path)
      "@query": ?\(query)
      "content-digest": \(contentDigest)
      "@signature-params": \(parameters)
      """.utf8
    )
  }

  private static func byteSequence(_ value: String, prefix: String) -> [UInt8]? {
    let bytes = Array(value.utf8)
    guard bytes.count > prefix.utf8.count, bytes.starts(with: prefix.utf8), bytes.last == UInt8(ascii: ":") else {
      return nil
    }
    return Base64.decode(bytes[prefix.utf8.count..<bytes.count - 1])
  }
}
