import HTTPTypes
import Hummingbird
import Identity
import IndexAPI
import MediaUnits

/// A request whose sender is known.
struct SignedRequest {
  let key: IdentityPublicKey
  let body: [UInt8]

  private static let contentDigest = HTTPField.Name("Content-Digest")
  private static let signatureInput = HTTPField.Name("Signature-Input")
  private static let signature = HTTPField.Name("Signature")

  /// Reads a request to its end and finds out who sent it.
  init(_ request: Request, service: IndexService) async throws {
    let buffer = try await request.body.collect(upTo: service.limits.bodyByteCount)
    let body = Array(buffer.readableBytesView)
    let (path, query) = request.head.target
    let verified: RequestSignature.Verified
    do throws(RequestSignatureError) {
      verified = try RequestSignature.verify(
        method: request.method.rawValue,
        path: path,
        query: query,
        body: body,
        contentDigest: Self.contentDigest.flatMap { request.headers[$0] },
        signatureInput: Self.signatureInput.flatMap { request.headers[$0] },
        signature: Self.signature.flatMap { request.headers[$0] }
      )
    } catch {
      throw service.refused(Problem(.badSignature, Self.explanation(of: error)))
    }
    if let delay = service.gate.delay(of: verified.key, now: service.clock.instant()) {
      throw TooManyRequests(delay: delay)
    }
    do throws(Problem) {
      try service.gate.admit(verified, unixSeconds: service.clock.unixSeconds)
    } catch {
      throw service.refused(error)
    }
    self.key = verified.key
    self.body = body
  }

  func decoded<Value: Decodable>(_ type: Value.Type) throws(Problem) -> Value {
    try JSONBody.decode(type, from: self.body)
  }

  /// The host that the path names, if it is the sender.
  func host(_ context: IndexRequestContext) throws(Problem) -> HostID {
    guard let host = context.parameters.get("host").flatMap(HostID.init) else {
      throw Problem(.notFound, "A host's name is 22 characters of base64url.")
    }
    guard host == self.key.hostID else { throw Problem(.wrongKey, "Only the host itself may do that.") }
    return host
  }

  private static func explanation(of error: RequestSignatureError) -> String {
    switch error {
    case .missing: "Sign the request: Content-Digest, Signature-Input and Signature are needed."
    case .malformed: "Content-Digest, Signature-Input or Signature is not as Protocol/identity.md says."
    case .wrongDigest: "Content-Digest is not the body's."
    case .wrongSignature: "The signature is not that of the key over this request."
    }
  }
}

extension HTTPRequest {
  /// As received: the path, and the query without its `?`.
  var target: (path: String, query: String) {
    let target = self.path ?? "/"
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target, "") }
    return (String(target[..<mark]), String(target[target.utf8.index(after: mark)...]))
  }
}

extension IndexRequestContext {
  /// The order that the path names.
  func request() throws(Problem) -> IndexAPI.RequestID {
    guard let request = self.parameters.get("request").flatMap(IndexAPI.RequestID.init) else {
      throw Problem(.notFound, "A request's name is 22 characters of base64url.")
    }
    return request
  }

  /// The session that the path names.
  func session() throws(Problem) -> SessionID {
    guard let session = self.parameters.get("session").flatMap(SessionID.init) else {
      throw Problem(.notFound, "A session's name is 22 characters of base64url.")
    }
    return session
  }
}
