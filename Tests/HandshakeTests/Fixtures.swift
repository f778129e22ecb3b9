import Foundation
import MediaUnits
import SessionProtocol

@testable import Handshake

extension [UInt8] {
  /// Reads pairs of hexadecimal digits.
  init(hex text: String) {
    let digits = text.compactMap(\.hexDigitValue)
    self = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}

enum Fixtures {
  static let packageRoot = URL(filePath: #filePath).appending(path: "../../..").standardized

  static let host = StaticKeyPair(rawPrivateKey: [UInt8](1...32))!
  static let player = StaticKeyPair(rawPrivateKey: [UInt8](65...96))!
  static let address = AddressToken(high: 0, low: 0xFFFF_0A00_0001, port: 5000)
  static let terms = StreamTerms(
    picture: PictureSize(width: 1280, height: 720),
    frameRate: 60,
    maximumBitrate: .megabits(20),
    audioPacketDuration: .milliseconds(10)
  )

  static func request(time: UInt64 = 1) -> SessionRequest {
    SessionRequest(terms: self.terms, requestTime: time)
  }

  static let grant = SessionGrant(
    connection: ConnectionID(high: 1, low: 2),
    terms: terms,
    streams: SessionGrant.Streams(video: 1, videoRetransmission: 2, audio: 3, input: 4),
    isResumed: false,
    silenceTimeout: .seconds(3),
    resumeWindow: .seconds(60),
    title: "A Game"
  )

  static func playerHandshake(
    identity: StaticKeyPair = player,
    hostKey: PublicKey = host.publicKey,
    time: UInt64 = 1,
    configuration: PlayerHandshake.Configuration = PlayerHandshake.Configuration(),
    now: Instant = .zero
  ) -> PlayerHandshake {
    PlayerHandshake(
      identity: identity,
      hostKey: hostKey,
      request: self.request(time: time),
      configuration: configuration,
      now: now
    )!
  }
}

extension PlayerHandshake {
  /// Everything due at `now`; bounded, so that a machine which never settles fails instead of hanging.
  mutating func drain(now: Instant) -> [[UInt8]] {
    var datagrams: [[UInt8]] = []
    for _ in 0..<1_000 {
      guard let datagram = self.poll(now: now) else { break }
      datagrams.append(datagram)
    }
    return datagrams
  }

  mutating func handle(_ datagram: [UInt8], now: Instant) {
    self.handle(datagram.span.bytes, now: now)
  }
}

extension HostHandshake {
  mutating func handle(_ datagram: [UInt8], from address: AddressToken = Fixtures.address, now: Instant) -> Event {
    self.handle(datagram.span.bytes, from: address, now: now)
  }
}

extension HostHandshake.Event {
  var pending: PendingHello? {
    if case .requested(let pending, _, _) = self { pending } else { nil }
  }

  var reply: [UInt8]? {
    if case .reply(let bytes) = self { bytes } else { nil }
  }

  var ignoreReason: HostHandshake.IgnoreReason? {
    if case .ignored(let reason) = self { reason } else { nil }
  }
}
