import Foundation
import SessionProtocol
import Testing

@testable import Handshake

/// Published vectors, which are not part of this package: `$MARTLET_VECTORS`, or `../shared/vectors` beside it.
private let publishedVectors: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MARTLET_VECTORS"].map { URL(filePath: $0) }
    ?? Fixtures.packageRoot.appending(path: "../shared/vectors").standardized
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

@Suite("Noise IK against published vectors")
struct NoiseVectorTests {
  private struct File: Decodable {
    struct Vector: Decodable {
      struct Message: Decodable {
        var payload: String
        var ciphertext: String
      }

      var protocol_name: String
      var init_prologue: String
      var init_static: String
      var init_ephemeral: String
      var init_remote_static: String
      var resp_static: String
      var resp_ephemeral: String
      var handshake_hash: String?
      var messages: [Message]
    }

    var vectors: [Vector]
  }

  @Test(
    "writes and reads both messages of the handshake",
    .enabled(if: publishedVectors != nil, "the published vectors are not beside the package; set MARTLET_VECTORS"),
    arguments: ["noise-ik-25519-aesgcm-sha256-cacophony.json", "noise-ik-25519-aesgcm-sha256-snow.json"]
  )
  func published(name: String) throws {
    let data = try Data(contentsOf: #require(publishedVectors).appending(path: name))
    let vectors = try JSONDecoder().decode(File.self, from: data).vectors
    #expect(!vectors.isEmpty)
    for vector in vectors {
      #expect(vector.protocol_name == NoiseIK.protocolName)
      func key(_ hex: String) throws -> NoiseIK.PrivateKey {
        try #require(StaticKeyPair(rawPrivateKey: [UInt8](hex: hex))).privateKey
      }
      let prologue = [UInt8](hex: vector.init_prologue)
      let first = [UInt8](hex: vector.messages[0].payload)
      let second = [UInt8](hex: vector.messages[1].payload)
      let remote = try #require(PublicKey([UInt8](hex: vector.init_remote_static)))
      let started = try NoiseIK.Initiator(
        staticKey: key(vector.init_static),
        ephemeral: key(vector.init_ephemeral),
        responder: remote,
        prologue: prologue,
        payload: first
      )
      let initiator = try #require(started)
      #expect(initiator.message == [UInt8](hex: vector.messages[0].ciphertext))
      let read = try NoiseIK.Responder(
        staticKey: key(vector.resp_static),
        prologue: prologue,
        message: initiator.message
      )
      let responder = try #require(read)
      #expect(responder.payload == first)
      let ephemeral = try key(vector.resp_ephemeral)
      let (message, answered) = try #require(responder.finish(ephemeral: ephemeral, payload: second))
      #expect(message == [UInt8](hex: vector.messages[1].ciphertext))
      let finished = try #require(initiator.finish(message))
      #expect(finished.payload == second)
      #expect(finished.initiatorKey == answered.initiatorKey && finished.responderKey == answered.responderKey)
      if let hash = vector.handshake_hash { #expect(finished.handshakeHash == [UInt8](hex: hash)) }
    }
  }
}
