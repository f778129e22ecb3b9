import MediaUnits
import SessionProtocol
import Testing

@testable import Handshake

/// Random and mutated inputs: what a peer sends may be rejected, and must never do more.
@Suite("Handshake parsers under fuzz")
struct HandshakeFuzzTests {
  /// `valid` with a few bytes changed, cut or appended; or, one time in four, random bytes.
  private static func mutate(_ valid: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    let choice = random.next()
    if choice & 3 == 0 { return (0..<Int(choice >> 8 & 63)).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
    var bytes = valid
    for _ in 0...Int(choice >> 2 & 3) {
      let value = random.next()
      bytes[Int(value >> 8) % bytes.count] = UInt8(truncatingIfNeeded: value)
    }
    if choice & 0x10 != 0 { bytes.removeLast(Int(choice >> 16) % bytes.count) }
    if choice & 0x60 == 0 { bytes.append(UInt8(truncatingIfNeeded: choice >> 40)) }
    return bytes
  }

  @Test("300,000 requests each parse to what they are written as, or are rejected", arguments: [1] as [UInt64])
  func requests(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let valid = SessionRequest(terms: Fixtures.terms, requestTime: 7, ticket: [1, 2, 3]).serialized
    var accepted = 0
    for _ in 0..<300_000 {
      let bytes = Self.mutate(valid, &random)
      guard let record = try? SessionRequest(parsing: bytes.span.bytes) else { continue }
      accepted += 1
      if accepted % 64 == 0 { try #require(SessionRequest(parsing: record.serialized.span.bytes) == record) }
    }
    #expect(accepted > 1_000)
  }

  @Test("300,000 grants and refusals parse or are rejected", arguments: [2] as [UInt64])
  func answers(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let grant = Fixtures.grant.serialized
    let refusal = SessionRefusal(.gameFailed, text: "It did not start.").serialized
    var accepted = 0
    for _ in 0..<150_000 {
      if let record = try? SessionGrant(parsing: Self.mutate(grant, &random).span.bytes) {
        accepted += 1
        if accepted % 64 == 0 { try #require(SessionGrant(parsing: record.serialized.span.bytes) == record) }
      }
      if let record = try? SessionRefusal(parsing: Self.mutate(refusal, &random).span.bytes) {
        accepted += 1
        guard accepted % 64 == 0 else { continue }
        try #require(SessionRefusal(parsing: record.serialized.span.bytes).text == record.text)
      }
    }
    #expect(accepted > 1_000)
  }

  @Test("400,000 handshake datagrams at the cheap parsers, and 60,000 URLs", arguments: [3] as [UInt64])
  func datagrams(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let ephemeral = [UInt8](repeating: 7, count: 32)
    let hint = HandshakeDatagram.hint(.cannotDecrypt, for: ephemeral)
    let cookie = HandshakeDatagram.cookie([UInt8](repeating: 8, count: 16), for: ephemeral)
    let answer = HandshakeDatagram.answer([UInt8](repeating: 9, count: 20))
    var accepted = 0
    for _ in 0..<134_000 {
      if HandshakeDatagram.hint(in: Self.mutate(hint, &random).span.bytes, for: ephemeral) != nil { accepted += 1 }
      if HandshakeDatagram.cookie(in: Self.mutate(cookie, &random).span.bytes, for: ephemeral) != nil { accepted += 1 }
      if HandshakeDatagram.noise(inAnswer: Self.mutate(answer, &random).span.bytes) != nil { accepted += 1 }
    }
    #expect(accepted > 1_000)

    let url = Array("martlet://[2001:db8::7]:7777#\(Fixtures.host.publicKey)".utf8)
    for _ in 0..<60_000 {
      let text = String(decoding: Self.mutate(url, &random), as: UTF8.self)
      guard let address = try? HostAddress(parsing: text) else { continue }
      try #require(HostAddress(parsing: address.description) == address)
    }
  }

  @Test("20,000 hellos and answers neither grant nor grow anything", arguments: [4] as [UInt64])
  func machines(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var host = HostHandshake(identity: Fixtures.host)
    var player = Fixtures.playerHandshake()
    let hello = player.drain(now: .zero)[0]
    let pending = try #require(host.handle(hello, now: .zero).pending)
    let (answer, keys) = host.accept(pending, grant: Fixtures.grant, now: .zero)
    for _ in 0..<10_000 {
      var bytes = hello
      for _ in 0..<3 {
        let value = random.next()
        // The ephemeral key stays changed, or the cached answer would be right.
        bytes[20 + Int(value >> 8 & 31)] ^= UInt8(truncatingIfNeeded: value) | 1
        bytes[Int(value >> 16) % 200] = UInt8(truncatingIfNeeded: value >> 32)
      }
      guard bytes[20..<52] != hello[20..<52] else { continue }
      let event = host.handle(bytes, now: .zero)
      #expect(event.pending == nil)
      #expect((event.reply?.count ?? 0) < bytes.count)
    }
    for _ in 0..<10_000 {
      let bytes = Self.mutate(answer, &random)
      if Array(bytes.prefix(answer.count)) != answer { player.handle(bytes, now: .zero) }
    }
    #expect(player.outcome == nil)
    player.handle(answer, now: .zero)
    #expect(player.outcome == .granted(Fixtures.grant, keys))
  }
}
