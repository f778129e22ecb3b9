import Foundation
import SessionProtocol
import Testing

@testable import SRTPProtection

/// Packets protected by an independent implementation.
struct SRTPVectors: Decodable {
  struct Packet: Decodable {
    var plain: String
    var protected: String
  }

  var masterKey: String
  var rtp: [Packet]
  var rtcp: [Packet]

  static func load() throws -> SRTPVectors {
    try JSONDecoder().decode(SRTPVectors.self, from: vectorFile("srtp.json"))
  }
}

@Suite("SRTP against published and independent vectors")
struct SRTPVectorTests {
  private static let key = [UInt8](0..<16)
  private static let salt = [UInt8](hex: "517569642070726f2071756f")

  @Test("encrypts as RFC 7714 §16.1.1 shows")
  func rfc7714RTP() throws {
    let packet = [UInt8](
      hex: "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e2070"
        + "61727465732074726573"
    )
    let cipher = SessionCipher(key: Self.key, salt: Self.salt, encrypts: true)
    var sealed = [UInt8](repeating: 0, count: packet.count - 12 + 16)
    packet.withUnsafeBytes { plain in
      sealed.withUnsafeMutableBytes { output in
        cipher.seal(
          UnsafeRawBufferPointer(rebasing: plain[12...]),
          header: UnsafeRawBufferPointer(rebasing: plain[..<12]),
          ssrc: 0x5501_a0b2,
          index: 0xf17b,
          into: output.baseAddress!
        )
      }
    }
    #expect(
      sealed
        == [UInt8](
          hex: "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d"
            + "7f27beb16a9152cf765ee4390cce"
        )
    )
  }

  @Test("encrypts as RFC 7714 §17.1 shows")
  func rfc7714RTCP() throws {
    let packet = [UInt8](
      hex: "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeef"
        + "deadbeefdeadbeefdeadbeef"
    )
    let cipher = SessionCipher(key: Self.key, salt: Self.salt, encrypts: true)
    var sealed = [UInt8](repeating: 0, count: packet.count - 8 + 16)
    packet.withUnsafeBytes { plain in
      sealed.withUnsafeMutableBytes { output in
        cipher.seal(
          UnsafeRawBufferPointer(rebasing: plain[8...]),
          header: UnsafeRawBufferPointer(rebasing: plain[..<8]),
          trailer: 0x8000_05d4,
          ssrc: 0x4d61_7273,
          index: 0x5d4,
          into: output.baseAddress!
        )
      }
    }
    #expect(
      sealed
        == [UInt8](
          hex: "63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded"
            + "0bb9275bc84aa45896cf4d2fc5abf87245d9eade"
        )
    )
  }

  @Test("protects RTP byte for byte as an independent implementation does, across a rollover")
  func protectsRTP() throws {
    let vectors = try SRTPVectors.load()
    var sender = SRTPSender(SRTPMasterKey([UInt8](hex: vectors.masterKey)))
    #expect(vectors.rtp.count == 8)
    for vector in vectors.rtp {
      let protected = sender.protectRTP([UInt8](hex: vector.plain))
      #expect(protected == [UInt8](hex: vector.protected))
    }
  }

  @Test("accepts an independent implementation's RTP, across a rollover")
  func unprotectsRTP() throws {
    let vectors = try SRTPVectors.load()
    var receiver = SRTPReceiver(SRTPMasterKey([UInt8](hex: vectors.masterKey)))
    for vector in vectors.rtp {
      let plain = try receiver.unprotectRTP([UInt8](hex: vector.protected))
      #expect(plain == [UInt8](hex: vector.plain))
    }
    #expect(receiver.lastIndex == 1 << 16 | 50_000)
  }

  @Test("protects and accepts RTCP as an independent implementation does")
  func rtcp() throws {
    let vectors = try SRTPVectors.load()
    let key = SRTPMasterKey([UInt8](hex: vectors.masterKey))
    var sender = SRTPSender(key)
    var receiver = SRTPReceiver(key)
    // That implementation numbers its packets from 1; RFC 3711 §3.4 and ours begin at 0.
    let first = sender.protectRTCP([UInt8](hex: vectors.rtcp[0].plain))
    #expect(first != [UInt8](hex: vectors.rtcp[0].protected))
    for vector in vectors.rtcp {
      let protected = sender.protectRTCP([UInt8](hex: vector.plain))
      #expect(protected == [UInt8](hex: vector.protected))
      let plain = try receiver.unprotectRTCP([UInt8](hex: vector.protected))
      #expect(plain == [UInt8](hex: vector.plain))
    }
    #expect(receiver.lastIndex == 3)
  }
}
