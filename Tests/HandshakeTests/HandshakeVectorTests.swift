import Foundation
import MediaUnits
import SessionProtocol
import Testing

@testable import Handshake

/// One handshake made by an independent implementation.
struct HandshakeVectors: Decodable {
  var hostStatic: String
  var hostPublic: String
  var hostAddress: String
  var playerStatic: String
  var playerPublic: String
  var playerEphemeral: String
  var hostEphemeral: String
  var request: String
  var grant: String
  var refusal: String
  var hello: String
  var granted: String
  var refused: String
  var hostToPlayer: String
  var playerToHost: String

  static func load() throws -> HandshakeVectors {
    let file = Fixtures.packageRoot.appending(path: "Protocol/vectors/handshake.json")
    return try JSONDecoder().decode(HandshakeVectors.self, from: Data(contentsOf: file))
  }
}

@Suite("The handshake against independent vectors")
struct HandshakeVectorTests {
  private let vectors: HandshakeVectors
  private let request: SessionRequest
  private let grant: SessionGrant

  init() throws {
    self.vectors = try HandshakeVectors.load()
    self.request = SessionRequest(
      terms: StreamTerms(
        picture: PictureSize(width: 1920, height: 1080),
        frameRate: 60,
        maximumBitrate: .megabits(20),
        audioPacketDuration: .milliseconds(5)
      ),
      resumedSession: ConnectionID(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF),
      requestTime: 1_700_000_000_123_456_789,
      ticket: Array("a ticket".utf8)
    )
    self.grant = SessionGrant(
      connection: ConnectionID(high: 0x0F0E_0D0C_0B0A_0908, low: 0x0706_0504_0302_0100),
      terms: StreamTerms(
        picture: PictureSize(width: 1280, height: 720),
        frameRate: 120,
        maximumBitrate: .megabits(15),
        audioPacketDuration: .milliseconds(10)
      ),
      streams: SessionGrant.Streams(
        video: 0x1111_1111,
        videoRetransmission: 0x2222_2222,
        audio: 0x3333_3333,
        input: 0x4444_4444
      ),
      isResumed: true,
      silenceTimeout: .seconds(3),
      resumeWindow: .seconds(60),
      title: "Ürban Räcer"
    )
  }

  private func fixed(_ hex: String) -> KeySource {
    let bytes = [UInt8](hex: hex)
    return KeySource { bytes }
  }

  private func player() throws -> PlayerHandshake {
    let identity = try #require(StaticKeyPair(rawPrivateKey: [UInt8](hex: self.vectors.playerStatic)))
    let handshake = try PlayerHandshake(
      identity: identity,
      hostKey: HostAddress(parsing: self.vectors.hostAddress).key,
      request: self.request,
      configuration: PlayerHandshake.Configuration(),
      keySource: self.fixed(self.vectors.playerEphemeral),
      now: .zero
    )
    return try #require(handshake)
  }

  private func host() throws -> HostHandshake {
    HostHandshake(
      identity: try #require(StaticKeyPair(rawPrivateKey: [UInt8](hex: self.vectors.hostStatic))),
      configuration: HostHandshake.Configuration(),
      keySource: self.fixed(self.vectors.hostEphemeral)
    )
  }

  @Test("the records are written and read as specified")
  func records() throws {
    let refusal = SessionRefusal(.noFreeSeat, text: "Every seat is taken.")
    #expect(self.request.serialized == [UInt8](hex: self.vectors.request))
    #expect(self.grant.serialized == [UInt8](hex: self.vectors.grant))
    #expect(refusal.serialized == [UInt8](hex: self.vectors.refusal))
    #expect(try SessionRequest(parsing: [UInt8](hex: self.vectors.request).span.bytes) == self.request)
    #expect(try SessionGrant(parsing: [UInt8](hex: self.vectors.grant).span.bytes) == self.grant)
    #expect(try SessionRefusal(parsing: [UInt8](hex: self.vectors.refusal).span.bytes) == refusal)
  }

  @Test("the host's address names its key")
  func address() throws {
    let address = try HostAddress(parsing: self.vectors.hostAddress)
    #expect(address.key.bytes == [UInt8](hex: self.vectors.hostPublic))
    #expect(address.host == "2001:db8::7")
    #expect(address.description == self.vectors.hostAddress)
  }

  @Test("the player's hello has exactly these bytes")
  func hello() throws {
    var player = try self.player()
    let hello = player.poll(now: .zero)
    #expect(hello == [UInt8](hex: self.vectors.hello))
  }

  @Test("the host's grant has exactly these bytes, and both ends derive these keys")
  func granted() throws {
    var host = try self.host()
    let event = host.handle([UInt8](hex: self.vectors.hello), now: .zero)
    guard case .requested(let pending, let request, let key) = event else {
      Issue.record("the host did not read the hello: \(event)")
      return
    }
    #expect(request == self.request)
    #expect(key.bytes == [UInt8](hex: self.vectors.playerPublic))
    let (answer, keys) = host.accept(pending, grant: self.grant, now: .zero)
    #expect(answer == [UInt8](hex: self.vectors.granted))
    #expect(keys.hostToPlayer == SRTPMasterKey([UInt8](hex: self.vectors.hostToPlayer)))
    #expect(keys.playerToHost == SRTPMasterKey([UInt8](hex: self.vectors.playerToHost)))

    var player = try self.player()
    player.handle([UInt8](hex: self.vectors.granted), now: .zero)
    #expect(player.outcome == .granted(self.grant, keys))
  }

  @Test("the host's refusal has exactly these bytes")
  func refused() throws {
    var host = try self.host()
    let refusal = SessionRefusal(.noFreeSeat, text: "Every seat is taken.")
    let pending = try #require(host.handle([UInt8](hex: self.vectors.hello), now: .zero).pending)
    #expect(host.refuse(pending, refusal: refusal, now: .zero) == [UInt8](hex: self.vectors.refused))
    var player = try self.player()
    player.handle([UInt8](hex: self.vectors.refused), now: .zero)
    #expect(player.outcome == .refused(refusal))
  }
}
