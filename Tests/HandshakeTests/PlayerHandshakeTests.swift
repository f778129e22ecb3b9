import MediaUnits
import SessionProtocol
import Testing

@testable import Handshake

@Suite("The player's handshake")
struct PlayerHandshakeTests {
  @Test("sends eight copies at once, then one after 100, 200, 400, 800, 1000 … ms, until five seconds have passed")
  func schedule() {
    var player = Fixtures.playerHandshake()
    let flight = player.drain(now: .zero)
    #expect(flight.count == 8)
    #expect(Set(flight).count == 1)
    #expect(flight.allSatisfy { $0.count == 1200 && $0[0] == 4 })

    var sentAt: [Int64] = []
    for _ in 0..<100 {
      guard let deadline = player.deadline else { break }
      let datagrams = player.drain(now: deadline)
      if !datagrams.isEmpty { sentAt.append(deadline.nanoseconds / 1_000_000) }
      #expect(datagrams.allSatisfy { $0 == flight[0] })
    }
    #expect(sentAt == [100, 300, 700, 1500, 2500, 3500, 4500])
    #expect(player.outcome == .timedOut(nil))
    #expect(player.deadline == nil)
  }

  @Test("repeats its hello with the cookie at once, and takes each cookie only once")
  func cookie() {
    var player = Fixtures.playerHandshake()
    let hello = player.drain(now: .zero)[0]
    let ephemeral = Array(hello[20..<52])
    let cookie = [UInt8](repeating: 9, count: 16)
    let datagram = HandshakeDatagram.cookie(cookie, for: ephemeral)
    player.handle(datagram, now: .zero + .milliseconds(20))
    player.handle(datagram, now: .zero + .milliseconds(20))
    let again = player.drain(now: .zero + .milliseconds(20))
    #expect(again.count == 1)
    #expect(Array(again[0][4..<20]) == cookie)
    #expect(Array(again[0][20...]) == Array(hello[20...]))
  }

  @Test("takes a bounded number of cookies, and none that does not name its hello")
  func forgedCookies() {
    var player = Fixtures.playerHandshake()
    let ephemeral = Array(player.drain(now: .zero)[0][20..<52])
    player.handle(
      HandshakeDatagram.cookie([UInt8](repeating: 1, count: 16), for: [UInt8](repeating: 0, count: 32)),
      now: .zero
    )
    #expect(player.drain(now: .zero).isEmpty)
    var sent = 0
    for number in 1...100 {
      player.handle(HandshakeDatagram.cookie([UInt8](repeating: UInt8(number), count: 16), for: ephemeral), now: .zero)
      sent += player.drain(now: .zero).count
    }
    #expect(sent == 8)
  }

  @Test("keeps a hint for the explanation, and is still granted its session")
  func hint() throws {
    var host = HostHandshake(identity: Fixtures.host)
    var player = Fixtures.playerHandshake()
    let hello = player.drain(now: .zero)[0]
    player.handle(HandshakeDatagram.hint(.cannotDecrypt, for: Array(hello[20..<52])), now: .zero)
    #expect(player.outcome == nil)
    var patient = player
    let pending = try #require(host.handle(hello, now: .zero).pending)
    let (answer, keys) = host.accept(pending, grant: Fixtures.grant, now: .zero)
    player.handle(answer, now: .zero)
    #expect(player.outcome == .granted(Fixtures.grant, keys))
    #expect(patient.poll(now: .zero + .seconds(5)) == nil)
    #expect(patient.outcome == .timedOut(.cannotDecrypt))
  }

  @Test("lets no changed byte of an answer pass, and then takes the original")
  func authenticity() throws {
    var host = HostHandshake(identity: Fixtures.host)
    var player = Fixtures.playerHandshake()
    let hello = player.drain(now: .zero)[0]
    let pending = try #require(host.handle(hello, now: .zero).pending)
    let (answer, keys) = host.accept(pending, grant: Fixtures.grant, now: .zero)
    for position in answer.indices {
      var changed = answer
      changed[position] ^= 1 << (position % 8)
      player.handle(changed, now: .zero)
      #expect(player.outcome == nil, "byte \(position)")
    }
    #expect(player.ignoredCount == answer.count)
    player.handle(answer, now: .zero)
    #expect(player.outcome == .granted(Fixtures.grant, keys))
  }

  @Test("takes no answer from a host with another key")
  func impostor() throws {
    let impostor = StaticKeyPair()
    var host = HostHandshake(identity: impostor)
    var misled = Fixtures.playerHandshake(hostKey: impostor.publicKey)
    let pending = try #require(host.handle(misled.drain(now: .zero)[0], now: .zero).pending)
    let (answer, _) = host.accept(pending, grant: Fixtures.grant, now: .zero)
    var player = Fixtures.playerHandshake()
    _ = player.drain(now: .zero)
    player.handle(answer, now: .zero)
    #expect(player.outcome == nil)
    misled.handle(answer, now: .zero)
    #expect(misled.outcome != nil)
  }

  @Test("refuses a host key of low order, which would make every secret known")
  func lowOrder() throws {
    let zero = try #require(PublicKey([UInt8](repeating: 0, count: 32)))
    let player = PlayerHandshake(
      identity: Fixtures.player,
      hostKey: zero,
      request: Fixtures.request(),
      now: .zero
    )
    let isRefused = player == nil
    #expect(isRefused)
  }
}
