import MediaUnits
import SessionProtocol
import Testing

@testable import Handshake

@Suite("The host's handshake")
struct HostHandshakeTests {
  private func hello(
    of identity: StaticKeyPair = Fixtures.player,
    hostKey: PublicKey = Fixtures.host.publicKey,
    time: UInt64 = 1
  ) -> [UInt8] {
    var player = Fixtures.playerHandshake(identity: identity, hostKey: hostKey, time: time)
    return player.poll(now: .zero)!
  }

  @Test("reads a hello once; its copies wait for the answer and then get it again, from wherever they come")
  func duplicates() throws {
    var host = HostHandshake(identity: Fixtures.host)
    let hello = self.hello()
    let pending = try #require(host.handle(hello, now: .zero).pending)
    #expect(pending.player == Fixtures.player.publicKey)
    for _ in 0..<7 { #expect(host.handle(hello, now: .zero).ignoreReason == .pending) }
    let (answer, _) = host.accept(pending, grant: Fixtures.grant, now: .zero)
    let elsewhere = AddressToken(high: 1, low: 2, port: 3)
    #expect(host.handle(hello, from: elsewhere, now: .zero + .seconds(9)).reply == answer)
    #expect(answer.count < hello.count)
    #expect(host.counters.requested == 1)
    #expect(host.counters.answeredAgain == 1)
    #expect(host.counters.ignored == [.pending: 7])
  }

  @Test("takes no replay, neither after the answer is forgotten nor of an earlier request")
  func replays() throws {
    var host = HostHandshake(identity: Fixtures.host)
    let (earlier, later) = (self.hello(time: 5), self.hello(time: 6))
    #expect(host.handle(later, now: .zero).pending != nil)
    #expect(host.handle(earlier, now: .zero).ignoreReason == .replayed)
    #expect(host.handle(self.hello(time: 6), now: .zero).ignoreReason == .replayed)
    #expect(host.handle(later, now: .zero + .seconds(11)).ignoreReason == .replayed)
    #expect(host.handle(self.hello(time: 7), now: .zero).pending != nil)
    #expect(host.handle(self.hello(of: StaticKeyPair(), time: 1), now: .zero).pending != nil)
  }

  @Test("asks for cookies under load, and reads a hello that brings its own from the same address")
  func cookies() throws {
    var configuration = HostHandshake.Configuration()
    configuration.helloRate = 1
    configuration.helloBurst = 2
    configuration.provenHelloBurst = 1
    configuration.provenHelloRate = 1
    var host = HostHandshake(identity: Fixtures.host, configuration: configuration)
    for _ in 0..<2 {
      let event = host.handle(self.hello(of: StaticKeyPair()), now: .zero)
      #expect(event.pending?.isAddressProven == false)
    }

    var player = Fixtures.playerHandshake()
    let hello = player.drain(now: .zero)[0]
    let reply = try #require(host.handle(hello, now: .zero).reply)
    #expect(reply[0] == 6 && reply.count == 52)
    player.handle(reply, now: .zero)
    let proven = player.drain(now: .zero)[0]
    let elsewhere = AddressToken(high: Fixtures.address.high, low: Fixtures.address.low, port: 5001)
    #expect(host.handle(proven, from: elsewhere, now: .zero).reply?[0] == 6, "a cookie is good for one address")
    #expect(host.handle(proven, now: .zero).pending?.isAddressProven == true)
    #expect(host.counters.cookies == 2)

    var second = Fixtures.playerHandshake(identity: StaticKeyPair())
    let challenge = try #require(host.handle(second.drain(now: .zero)[0], now: .zero).reply)
    second.handle(challenge, now: .zero)
    #expect(host.handle(second.drain(now: .zero)[0], now: .zero).ignoreReason == .overloaded)
    #expect(host.handle(self.hello(time: 9), now: .zero + .seconds(1)).pending != nil, "the bucket fills again")
  }

  @Test("accepts a cookie for one to two minutes")
  func cookieAge() throws {
    var cookies = CookieMaker(keySource: .secure)
    let ephemeral = [UInt8](repeating: 3, count: 32)
    func age(_ seconds: Int) -> Instant { .zero + Duration.seconds(seconds) }
    func accepts(_ cookie: [UInt8], for ephemeral: [UInt8], at seconds: Int) -> Bool {
      cookies.accepts(cookie, from: Fixtures.address, ephemeral: ephemeral, now: age(seconds))
    }
    _ = cookies.cookie(for: Fixtures.address, ephemeral: ephemeral, now: age(0))
    let cookie = cookies.cookie(for: Fixtures.address, ephemeral: ephemeral, now: age(59))
    #expect(accepts(cookie, for: ephemeral, at: 119))
    let other = [UInt8](repeating: 4, count: 32)
    #expect(!accepts(cookie, for: other, at: 119))
    #expect(!accepts(cookie, for: ephemeral, at: 179))
    let last = cookies.cookie(for: Fixtures.address, ephemeral: ephemeral, now: age(180))
    #expect(!accepts(last, for: ephemeral, at: 1_000))
  }

  @Test("hints to a player that uses another key or version, with less than it was sent")
  func hints() throws {
    var host = HostHandshake(identity: Fixtures.host)
    let misdirected = self.hello(hostKey: StaticKeyPair().publicKey)
    let reply = try #require(host.handle(misdirected, now: .zero).reply)
    #expect(reply == HandshakeDatagram.hint(.cannotDecrypt, for: Array(misdirected[20..<52])))
    var future = self.hello()
    future[1] = 2
    let other = try #require(host.handle(future, now: .zero).reply)
    #expect(other == HandshakeDatagram.hint(.versionUnsupported, for: Array(future[20..<52])))
    #expect(host.counters.hints == 2)
  }

  @Test("refuses a request of a later version, authentically")
  func laterRequest() throws {
    var request = Fixtures.request().serialized
    request[0] = 2
    let ephemeral = KeySource.secure.ephemeral()
    let noise = try #require(
      NoiseIK.Initiator(
        staticKey: Fixtures.player.privateKey,
        ephemeral: ephemeral,
        responder: Fixtures.host.publicKey,
        prologue: HandshakeDatagram.prologue,
        payload: request
      )
    )
    let hello = HandshakeDatagram.Hello(cookie: [UInt8](repeating: 0, count: 16), noise: noise.message)
    var host = HostHandshake(identity: Fixtures.host)
    let answer = try #require(host.handle(hello.serialized, now: .zero).reply)
    let inAnswer = HandshakeDatagram.noise(inAnswer: answer.span.bytes)
    let message = try #require(inAnswer)
    let payload = try #require(noise.finish(message)).payload
    let refusal = try SessionRefusal(parsing: Array(payload.dropFirst()).span.bytes)
    #expect(payload.first == 1)
    #expect(refusal.code == .versionUnsupported)
  }

  @Test("lets no changed byte of a hello's message pass")
  func authenticity() {
    var configuration = HostHandshake.Configuration()
    configuration.helloBurst = 1_000
    var host = HostHandshake(identity: Fixtures.host, configuration: configuration)
    let hello = self.hello()
    let end = 20 + Int(hello[2]) * 256 + Int(hello[3])
    for position in 20..<end {
      var changed = hello
      changed[position] ^= 1 << (position % 8)
      #expect(host.handle(changed, now: .zero).pending == nil, "byte \(position)")
    }
    #expect(host.handle(hello, now: .zero).pending != nil)
  }

  @Test("remembers a bounded number of answers and players")
  func bounds() {
    var answers = AnswerCache()
    for number in 0..<1_000 {
      answers.insert(.pending, for: [UInt8(number & 0xFF), UInt8(number >> 8)], now: .zero)
    }
    var kept: [Int] = []
    for number in 0..<1_000 where answers.entry(for: [UInt8(number & 0xFF), UInt8(number >> 8)], now: .zero) != nil {
      kept.append(number)
    }
    #expect(kept == Array(1_000 - AnswerCache.capacity..<1_000))

    var replays = ReplayGuard()
    func key(_ number: Int) -> PublicKey {
      PublicKey([UInt8(number & 0xFF), UInt8(number >> 8)] + [UInt8](repeating: 0, count: 30))!
    }
    func admits(_ time: UInt64, of number: Int) -> Bool { replays.admits(time, of: key(number)) }
    for number in 0..<ReplayGuard.capacity { #expect(admits(5, of: number)) }
    #expect(admits(6, of: 0), "which makes key 1 the least recently used")
    #expect(admits(5, of: 5_000))
    #expect(!admits(6, of: 0))
    #expect(!admits(5, of: 2))
    #expect(admits(5, of: 1), "forgotten")
  }
}

@Suite("The amplification limit")
struct AmplificationLimitTests {
  @Test("allows three bytes out for each byte in, until the address is proven")
  func factor() {
    var limit = AmplificationLimit()
    #expect(!limit.canSend(byteCount: 1))
    limit.received(byteCount: 1200)
    #expect(limit.canSend(byteCount: 3600) && !limit.canSend(byteCount: 3601))
    limit.sent(byteCount: 3000)
    #expect(limit.canSend(byteCount: 600) && !limit.canSend(byteCount: 601))
    limit.validated()
    #expect(limit.canSend(byteCount: 1_000_000))
  }
}
