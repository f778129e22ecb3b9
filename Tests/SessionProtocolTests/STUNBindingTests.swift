import MediaUnits
import SessionProtocol
import Testing

@Suite("STUN Binding")
struct STUNBindingTests {
  /// The transaction of every sample in RFC 5769 §2.
  private static let transaction: [UInt8] = [
    0xB7, 0xE7, 0xA7, 0x01, 0xBC, 0x34, 0xD6, 0x86, 0xFA, 0x87, 0xDF, 0xAE,
  ]
  private static let request = STUNBinding.request(transaction: transaction)
  private static let header: [UInt8] = [0x21, 0x12, 0xA4, 0x42] + transaction

  private func response(
    to request: [UInt8] = Self.request,
    high: UInt64 = 0,
    low: UInt64 = 0xFFFF_C000_0201,
    port: UInt16 = 32853
  ) -> [UInt8]? {
    STUNBinding.response(to: request.span.bytes, from: (high, low), port: port)
  }

  private func transaction(of response: [UInt8]) -> [UInt8]? {
    STUNBinding.transaction(ofResponse: response.span.bytes)
  }

  @Test("maps 192.0.2.1:32853 as RFC 5769 §2.2 does")
  func version4() {
    let attribute: [UInt8] = [0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xA1, 0x47, 0xE1, 0x12, 0xA6, 0x43]
    #expect(self.response() == [0x01, 0x01, 0x00, 0x0C] + Self.header + attribute)
  }

  @Test("maps [2001:db8:1234:5678:11:2233:4455:6677]:32853 as RFC 5769 §2.3 does")
  func version6() {
    let attribute: [UInt8] = [
      0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xA1, 0x47, 0x01, 0x13, 0xA9, 0xFA, 0xA5, 0xD3, 0xF1, 0x79, 0xBC, 0x25,
      0xF4, 0xB5, 0xBE, 0xD2, 0xB9, 0xD9,
    ]
    let response = self.response(high: 0x2001_0DB8_1234_5678, low: 0x0011_2233_4455_6677)
    #expect(response == [0x01, 0x01, 0x00, 0x18] + Self.header + attribute)
  }

  @Test("no response is larger than its request")
  func size() throws {
    #expect(Self.request.count == STUNBinding.requestByteCount)
    let longest = try #require(self.response(high: 0x2001_0DB8_0000_0000, low: 1))
    #expect(longest.count == Self.request.count)
    // A bare request of 20 bytes, as other STUN clients send it, would get more than it sent.
    let bare: [UInt8] = [0, 1, 0, 0] + Self.header
    #expect(self.response(to: bare) == nil)
  }

  @Test("only a Binding request is answered", arguments: [(0, 0x01), (1, 0x02), (4, 0x20), (3, 0x17), (20, 0x00)])
  func others(index: Int, byte: UInt8) {
    var request = Self.request
    request[index] = byte
    #expect(self.response(to: request) == nil)
  }

  @Test("a request cut short is not answered")
  func truncated() {
    for count in 0..<Self.request.count { #expect(self.response(to: Array(Self.request[..<count])) == nil) }
  }

  @Test("a response names its transaction, a request is no response")
  func transactions() throws {
    let response = try #require(self.response())
    #expect(self.transaction(of: response) == Self.transaction)
    #expect(self.transaction(of: Self.request) == nil)
    #expect(self.transaction(of: Array(response.dropLast())) == nil)
  }

  @Test("hostile bytes neither trap nor get more than they are", arguments: 1...5 as ClosedRange<UInt64>)
  func hostile(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var answered = 0
    for _ in 0..<20_000 {
      var bytes = Self.request
      for _ in 0..<random.next() % 3 { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() & 0xFF) }
      if random.next() % 4 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
      if random.next() % 4 == 0 { bytes += (0..<random.next() % 40).map { _ in UInt8(random.next() & 0xFF) } }
      guard let response = self.response(to: bytes, high: random.next(), low: random.next()) else { continue }
      answered += 1
      #expect(response.count <= bytes.count)
    }
    #expect(answered > 2000)
  }
}
