import IndexAPI
import Testing

@testable import Identity

@Suite("Request signatures")
struct RequestSignatureTests {
  @Test("are the independent implementation's", arguments: IdentityVectors.all.requests.filter { $0.error == nil })
  func accepted(vector: IdentityVectors.Request) throws {
    let fields = try #require(vector.fields)
    let verified = try Self.verify(vector)
    #expect(verified.key.base64URL == fields.key)
    #expect(verified.created == fields.created)
    #expect(verified.nonce.description == fields.nonce)
    let headers = RequestSignature.sign(
      method: vector.method,
      path: vector.path,
      query: vector.query,
      body: Array(vector.body.utf8),
      created: fields.created,
      nonce: verified.nonce,
      key: try #require(IdentityKey(seed: [UInt8](hex: fields.seed)))
    )
    #expect(headers.contentDigest == vector.contentDigest)
    #expect((headers.signatureInput == vector.signatureInput) == fields.isCanonical)
    #expect((headers.signature == vector.signature) == fields.isCanonical)
  }

  @Test("are refused for the right reason", arguments: IdentityVectors.all.requests.filter { $0.error != nil })
  func refused(vector: IdentityVectors.Request) {
    do throws(RequestSignatureError) {
      let verified = try Self.verify(vector)
      Issue.record("accepted \(verified)")
    } catch {
      #expect("\(error)" == vector.error)
    }
  }

  private static func verify(
    _ vector: IdentityVectors.Request
  ) throws(RequestSignatureError) -> RequestSignature.Verified {
    try RequestSignature.verify(
      method: vector.method,
      path: vector.path,
      query: vector.query,
      body: Array(vector.body.utf8),
      contentDigest: vector.contentDigest,
      signatureInput: vector.signatureInput,
      signature: vector.signature
    )
  }
}
