import IndexAPI
import Testing

@testable import Identity

@Suite("Identities")
struct IdentityKeyTests {
  @Test("are the independent implementation's: keys, names and transport keys")
  func vectors() throws {
    for vector in IdentityVectors.all.identities {
      let key = try #require(IdentityKey(seed: [UInt8](hex: vector.seed)))
      #expect(key.seed == [UInt8](hex: vector.seed))
      #expect(key.publicKey.bytes == [UInt8](hex: vector.publicKey), "\(vector.name)")
      #expect(key.publicKey.base64URL == vector.text)
      #expect(key.publicKey.hostID.description == vector.id)
      #expect(key.publicKey.playerID.description == vector.id)
      #expect(key.transportKey == [UInt8](hex: vector.transportKey))
      #expect(IdentityPublicKey(base64URL: vector.text) == key.publicKey)
    }
    #expect(IdentityVectors.all.identities.count == 4)
  }

  @Test("sign and check what RFC 8037 and RFC 9421 have signed")
  func publishedSignatures() throws {
    for vector in IdentityVectors.all.signatures {
      let key = try #require(IdentityPublicKey(base64URL: vector.publicKey))
      let (message, signature) = (Array(vector.message.utf8), [UInt8](hex: vector.signature))
      #expect(key.isValid(signature: signature, of: message), "\(vector.name)")
      #expect(!key.isValid(signature: signature, of: message + [0]), "\(vector.name)")
      #expect(!key.isValid(signature: Array(signature.dropLast()), of: message), "\(vector.name)")
      #expect(!key.isValid(signature: [], of: message), "\(vector.name)")
      guard let seed = vector.seed.map([UInt8].init(hex:)) else { continue }
      let signer = try #require(IdentityKey(seed: seed))
      #expect(signer.publicKey == key)
      #expect(signer.sign(message) == signature)
    }
  }

  @Test("derive a key a day for tickets")
  func epochs() throws {
    for vector in IdentityVectors.all.epochs {
      let identity = try #require(IdentityKey(seed: [UInt8](hex: vector.seed)))
      let key = EpochKey(identity: identity, epoch: vector.epoch)
      #expect(key.publicKey.bytes == [UInt8](hex: vector.publicKey), "epoch \(vector.epoch)")
      #expect(key.kid == vector.kid, "epoch \(vector.epoch)")
      #expect(key.indexer == identity.publicKey)
    }
  }

  @Test(
    "count epochs in days",
    arguments: [(0, 0), (86_399, 0), (86_400, 1), (1_800_000_000, 20_833), (-1, -1), (-86_400, -1), (-86_401, -2)]
      as [(Int64, Int64)]
  )
  func epochOfTime(unix: Int64, epoch: Int64) {
    #expect(EpochKey.epoch(at: unix) == epoch)
  }

  @Test("are refused at any other size than 32 bytes", arguments: [0, 16, 31, 33, 64])
  func sizes(byteCount: Int) {
    #expect(IdentityKey(seed: [UInt8](repeating: 1, count: byteCount)) == nil)
    #expect(IdentityPublicKey([UInt8](repeating: 1, count: byteCount)) == nil)
  }

  @Test("are not read from text that is no key")
  func texts() {
    let text = Fixtures.host.publicKey.base64URL
    #expect(IdentityPublicKey(base64URL: text.dropLast()) == nil)
    #expect(IdentityPublicKey(base64URL: text + "=") == nil)
    #expect(IdentityPublicKey(base64URL: "+" + text.dropFirst()) == nil)
    #expect(IdentityPublicKey(base64URL: text.dropLast() + "B") == nil)
  }

  @Test("are new each time they are made")
  func fresh() {
    #expect(IdentityKey().publicKey != IdentityKey().publicKey)
  }
}
