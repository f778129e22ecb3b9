import GameStage
import Handshake
import LoadTest
import MediaUnits
import NetworkSimulator
import Octets
import Presentation
import SRTPProtection
import SessionProtocol

/// One parser under fire. `parse` returns whether it accepted the input; a trap ends the process and names the seed.
struct Parser {
  let name: String
  let valid: [[UInt8]]
  let longest: Int
  let parse: ([UInt8]) -> Bool
}

extension Parser {
  /// Every parser that a peer, a file or a person can reach.
  static func all(vectors: (String) -> [[UInt8]], gameFile: [UInt8], script: [UInt8]) -> [Parser] {
    Self.media(vectors: vectors) + Self.load() + [Self.ipPacket()] + [
      Parser(name: "session-request", valid: [Self.request.serialized], longest: 700) { bytes in
        (try? SessionRequest(parsing: bytes.octets)) != nil
      },
      Parser(name: "session-grant", valid: [Self.grant.serialized], longest: 300) { bytes in
        (try? SessionGrant(parsing: bytes.octets)) != nil
      },
      Parser(name: "session-refusal", valid: [SessionRefusal(.noFreeSeat, text: "full").serialized], longest: 300) {
        (try? SessionRefusal(parsing: $0.octets)) != nil
      },
      Self.hello(),
      Self.answer(),
      Self.srtp(),
      Parser(name: "stun", valid: [STUNBinding.request(transaction: [UInt8](1...12))], longest: 100) { bytes in
        _ = STUNBinding.transaction(ofResponse: bytes.octets)
        return STUNBinding.response(to: bytes.octets, from: (0, 1), port: 2) != nil
      },
      Parser(name: "url", valid: [Array(Self.address.utf8), Array("martlet://[::1]#\(Self.key)".utf8)], longest: 300) {
        guard let text = String(validating: $0, as: UTF8.self) else { return false }
        return (try? HostAddress(parsing: text)) != nil
      },
      Parser(name: "input-script", valid: [script, Array("0 key w tap\n+0.5 move 3 -4\n".utf8)], longest: 400) {
        bytes in
        (try? InputScript(parsing: bytes)) != nil
      },
      Parser(name: "stream-change", valid: ["5=1280x720@30,hevc", "0.5=2M"].map { Array($0.utf8) }, longest: 80) {
        guard let text = String(validating: $0, as: UTF8.self) else { return false }
        return PlannedChange(text) != nil
      },
      Parser(name: "service-levels", valid: [Self.serviceLevels], longest: 400) { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return (try? ServiceLevels(parsing: text)) != nil
      },
      Parser(name: "game-file", valid: [gameFile, Self.smallGameFile], longest: 400) { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return (try? GameFile(parsing: text, directory: "/")) != nil
      },
      Parser(
        name: "rate-trace",
        valid: [Array("0.000 2.50 27.0ms 0.00\n0.015 12.48 34.5ms 0.25\n".utf8), Array("0\n0\n1\n5\n600\n".utf8)],
        longest: 400
      ) { (try? RateTrace(parsing: $0, loops: true)) != nil },
      Parser(
        name: "link-setting",
        valid: ["delay=15ms", "burst=0.1%,4", "reorder=1%,3ms", "queue=64KB", "rate=20M", "outage=10s+2s/30s"]
          .map { Array($0.utf8) },
        longest: 80
      ) { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { return false }
        return (try? LinkSetting(name: String(parts[0]), value: String(parts[1]))) != nil
      },
      Parser(name: "link-schedule", valid: [Self.linkSchedule], longest: 300) { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return (try? LinkSchedule(parsing: text)) != nil
      },
    ] + Self.identity() + [Self.sessionTrace()]
  }

  private static let key = String(repeating: "A", count: 42) + "E"
  private static let address = "martlet://example.org:7777#\(key)"
  private static let linkSchedule = Array("5s down rate=12M\n10s both delay=40ms loss=2% # worse\n".utf8)
  private static let serviceLevels = Array("failures: 0\nencode: {p50: 3ms, max: 0.1 s}\n".utf8)
  private static let smallGameFile = Array("name: a\ntitle: A\ncommand: [xeyes]\npicture: {maximumRate: 60}\n".utf8)

  private static let terms = StreamTerms(
    picture: PictureSize(width: 1280, height: 720),
    frameRate: 60,
    maximumBitrate: .megabits(10),
    audioPacketDuration: .milliseconds(5)
  )

  private static let request = SessionRequest(
    terms: terms,
    resumedSession: ConnectionID(high: 1, low: 2),
    requestTime: 3,
    ticket: [1, 2, 3, 4]
  )

  private static let grant = SessionGrant(
    connection: ConnectionID(high: 1, low: 2),
    terms: terms,
    streams: SessionGrant.Streams(video: 4, videoRetransmission: 5, audio: 6, input: 7),
    isResumed: false,
    silenceTimeout: .seconds(5),
    resumeWindow: .seconds(30),
    title: "A game"
  )

  /// Always the same, so that what was found can be tried again.
  private static func identity(_ seed: UInt8) -> StaticKeyPair {
    guard let identity = StaticKeyPair(rawPrivateKey: [UInt8](repeating: seed, count: 32)) else {
      preconditionFailure("a private key has 32 bytes")
    }
    return identity
  }

  private static func hello() -> Parser {
    let now = Instant(nanoseconds: 1)
    let identity = Self.identity(1)
    guard
      var player = PlayerHandshake(
        identity: Self.identity(2),
        hostKey: identity.publicKey,
        request: self.request,
        now: now
      ),
      let hello = player.poll(now: now)
    else { preconditionFailure("a fresh handshake has something to send") }
    let host = HostHandshake(identity: identity)
    let token = AddressToken(high: 0, low: 1, port: 2)
    return Parser(name: "hello", valid: [hello], longest: 1200) { bytes in
      var host = host
      if case .requested = host.handle(bytes.octets, from: token, now: now) { return true }
      return false
    }
  }

  private static func answer() -> Parser {
    let now = Instant(nanoseconds: 1)
    let identity = Self.identity(1)
    var host = HostHandshake(identity: identity)
    guard
      var player = PlayerHandshake(
        identity: Self.identity(2),
        hostKey: identity.publicKey,
        request: self.request,
        now: now
      ),
      let hello = player.poll(now: now),
      case .requested(let pending, _, _) = host.handle(
        hello.octets,
        from: AddressToken(high: 0, low: 1, port: 2),
        now: now
      )
    else { preconditionFailure("a fresh handshake is understood") }
    let answer = host.accept(pending, grant: self.grant, now: now).answer
    return Parser(name: "answer", valid: [answer], longest: 1200) { bytes in
      var copy = player
      copy.handle(bytes.octets, now: now)
      return copy.outcome != nil
    }
  }

  private static func srtp() -> Parser {
    let key = SRTPMasterKey([UInt8](repeating: 7, count: 28))
    var sender = SRTPSender(key)
    let packet: [UInt8] = [0x80, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3] + [UInt8](repeating: 9, count: 100)
    var protected = [UInt8](repeating: 0, count: packet.count + SRTPSender.rtpOverhead)
    _ = packet.withUnsafeBytes { source in protected.withUnsafeMutableBytes { sender.protectRTP(source, into: $0) } }
    var receiver = SRTPReceiver(key)
    return Parser(name: "srtp", valid: [protected], longest: 1500) { bytes in
      var bytes = bytes
      return bytes.withUnsafeMutableBytes { datagram in
        guard datagram.count > 1 else { return (try? receiver.unprotectRTP(datagram)) != nil }
        return (192...223).contains(datagram[1])
          ? (try? receiver.unprotectRTCP(datagram)) != nil : (try? receiver.unprotectRTP(datagram)) != nil
      }
    }
  }
}
