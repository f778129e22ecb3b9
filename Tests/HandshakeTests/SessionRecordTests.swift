import MediaUnits
import SessionProtocol
import Testing

@testable import Handshake

@Suite("Session records")
struct SessionRecordTests {
  @Test("tell a record that is cut anywhere from a whole one, and ignore what later revisions append")
  func lengths() throws {
    let request = SessionRequest(terms: Fixtures.terms, requestTime: 7, ticket: [1, 2, 3])
    for count in 0..<request.serialized.count {
      #expect(throws: SessionRecordError.truncated) {
        try SessionRequest(parsing: Array(request.serialized[..<count]).span.bytes)
      }
    }
    #expect(try SessionRequest(parsing: (request.serialized + [9, 9]).span.bytes) == request)
    for count in 0..<Fixtures.grant.serialized.count {
      #expect(throws: SessionRecordError.truncated) {
        try SessionGrant(parsing: Array(Fixtures.grant.serialized[..<count]).span.bytes)
      }
    }
    #expect(try SessionGrant(parsing: (Fixtures.grant.serialized + [9]).span.bytes) == Fixtures.grant)
  }

  @Test("reject values that the protocol does not allow")
  func ranges() {
    func error(at offset: Int, _ bytes: [UInt8]) -> SessionRecordError? {
      var record = Fixtures.request().serialized
      record.replaceSubrange(offset..<offset + bytes.count, with: bytes)
      do throws(SessionRecordError) {
        _ = try SessionRequest(parsing: record.span.bytes)
        return nil
      } catch { return error }
    }
    #expect(error(at: 0, [2]) == .versionUnsupported(2))
    #expect(error(at: 2, [0, 0]) == .outOfRange(.picture))
    #expect(error(at: 4, [0, 0]) == .outOfRange(.picture))
    #expect(error(at: 6, [0, 0]) == .outOfRange(.frameRate))
    #expect(error(at: 6, [0, 241]) == .outOfRange(.frameRate))
    #expect(error(at: 6, [0, 240]) == nil)
    #expect(error(at: 12, [20]) == .outOfRange(.audioPacketDuration))
    #expect(error(at: 38, [2, 1]) == .outOfRange(.ticket))

    var grant = Fixtures.grant.serialized
    grant.replaceSubrange(30..<34, with: grant[34..<38])
    #expect(throws: SessionRecordError.outOfRange(.streams)) { try SessionGrant(parsing: grant.span.bytes) }
  }

  @Test("keep text whole, short and harmless")
  func text() throws {
    let long = SessionRefusal(.gameFailed, text: String(repeating: "é", count: 150))
    #expect(long.text == String(repeating: "é", count: 100))
    #expect(try SessionRefusal(parsing: long.serialized.span.bytes) == long)
    let escape = try SessionRefusal(parsing: ([1, 6, 4] + Array("\u{1B}[2J".utf8)).span.bytes)
    #expect(escape.text == "\u{FFFD}[2J")
    #expect(throws: SessionRecordError.invalidText) {
      try SessionRefusal(parsing: ([1, 6, 1, 0xFF] as [UInt8]).span.bytes)
    }
    #expect(throws: SessionRecordError.outOfRange(.text)) {
      try SessionRefusal(parsing: ([1, 6, 201] + [UInt8](repeating: 65, count: 201)).span.bytes)
    }
  }

  @Test("read every refusal code back, and unknown ones as an internal error", arguments: SessionRefusal.Code.allCases)
  func codes(code: SessionRefusal.Code) throws {
    let refusal = SessionRefusal(code, text: "No.")
    #expect(try SessionRefusal(parsing: refusal.serialized.span.bytes) == refusal)
    #expect(try SessionRefusal(parsing: ([3, 99, 0] as [UInt8]).span.bytes).code == .internalError)
  }

  @Test("name connections by 32 hexadecimal digits")
  func connection() {
    #expect(ConnectionID(high: 1, low: .max).description == "0000000000000001ffffffffffffffff")
  }
}

@Suite("Host addresses")
struct HostAddressTests {
  private static let key = Fixtures.host.publicKey.base64URL

  @Test(
    "are read, and written with their port",
    arguments: [
      ("192.0.2.7:80", "192.0.2.7:80"), ("play.example.org", "play.example.org:7777"),
      ("[2001:db8::7]:9", "[2001:db8::7]:9"), ("[::1]", "[::1]:7777"), ("[fe80::1%eth0]:1", "[fe80::1%eth0]:1"),
      ("host_1.example:65535/", "host_1.example:65535"),
    ]
  )
  func roundTrip(given: String, written: String) throws {
    let address = try HostAddress(parsing: "martlet://\(given)#\(Self.key)")
    #expect(address.key == Fixtures.host.publicKey)
    #expect(address.description == "martlet://\(written)#\(Self.key)")
    #expect(try HostAddress(parsing: address.description) == address)
  }

  @Test(
    "are refused with a reason",
    arguments: [
      ("http://a:1#K", .notMartlet), ("", .notMartlet), ("martlet://:1#K", .missingHost),
      ("martlet://#K", .missingHost),
      ("martlet://a b:1#K", .invalidHost), ("martlet://[::1#K", .invalidHost), ("martlet://[]#K", .invalidHost),
      ("martlet://a:#K", .invalidPort), ("martlet://a:0#K", .invalidPort), ("martlet://a:65536#K", .invalidPort),
      ("martlet://a:+1#K", .invalidPort), ("martlet://::1#K", .missingHost), ("martlet://a:1:2#K", .invalidPort),
      ("martlet://[::1]x#K", .invalidPort), ("martlet://a:1", .missingKey), ("martlet://a:1#", .invalidKey),
      ("martlet://a:1#K=", .invalidKey), ("martlet://a:1#!K", .invalidKey), ("martlet://u@a:1#K", .unexpectedPart),
      ("martlet://a:1/path#K", .unexpectedPart), ("martlet://a?q#K", .unexpectedPart),
    ] as [(String, HostAddress.ParseError)]
  )
  func refused(text: String, reason: HostAddress.ParseError) {
    let url = text.replacing("K", with: Self.key)
    let error = #expect(throws: HostAddress.ParseError.self) { try HostAddress(parsing: url) }
    #expect(error == reason)
    #expect(reason.description.hasSuffix("."))
  }

  @Test("have keys of one spelling only: unused bits are zero")
  func canonicalKeys() {
    let zero = String(repeating: "A", count: 43)
    #expect(PublicKey(base64URL: zero)?.bytes == [UInt8](repeating: 0, count: 32))
    #expect(PublicKey(base64URL: zero.dropLast() + "B") == nil)
    #expect(PublicKey(base64URL: zero.dropLast() + "E") != nil)
  }
}
