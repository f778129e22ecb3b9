import Foundation
import IndexAPI
import MediaUnits
import Testing

@Suite("Orders and offers as text")
struct OrderTextTests {
  private static let key = String(repeating: "A", count: 43)

  @Test("orders are read as the decoder reads them", arguments: 0..<200 as Range<UInt64>)
  func order(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let order = Self.order(&random)
    let encoder = JSONEncoder()
    if seed % 2 == 0 { encoder.outputFormatting = [.prettyPrinted] }
    let bytes = try Array(encoder.encode(order))
    #expect(OrderReader.order(bytes) == order, "\(String(decoding: bytes, as: UTF8.self))")
  }

  @Test("what the reader takes, wounded or not, the decoder takes for the same", arguments: 0..<20 as Range<UInt64>)
  func wounds(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let bytes = try Array(JSONEncoder().encode(Self.order(&random)))
    let characters = Array(#"{}[]:,"\ 0123456789-+.eEtfn"#.utf8) + [0x00, 0x7F, 0xC3]
    var takenCount = 0
    for _ in 0..<500 {
      var wounded = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let index = Int.random(in: 0..<wounded.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: wounded[index] = characters.randomElement(using: &random) ?? 0
        case 1: wounded.remove(at: index)
        default: wounded.insert(characters.randomElement(using: &random) ?? 0, at: index)
        }
      }
      guard let read = OrderReader.order(wounded) else { continue }
      takenCount += 1
      #expect(try JSONDecoder().decode(SessionOrder.self, from: Data(wounded)) == read)
    }
    #expect(takenCount > 0)
  }

  @Test(
    "what is written in another way is left to the decoder",
    arguments: [
      #","picture":null}"#, #","game":"b"}"#, #","more":1}"#, #","picture":"\u0041"}"#, #","maximumPrice":1.0}"#,
      #","maximumPrice":01}"#, #","maximumPrice":1e3}"#, #","landmarks":"é"}"#, "}}", "", #","minimumClass":9}"#,
      #","place":{"latitude":1e999,"longitude":0}}"#,
    ]
  )
  func others(ending: String) throws {
    var random = SplitMix64(seed: 1)
    var order = SessionOrder(request: .random(using: &random), game: "a", transportKey: Self.key)
    order.waits = false
    let bytes = try Array(JSONEncoder().encode(order))
    #expect(OrderReader.order(bytes) == order)
    #expect(OrderReader.order(Array(bytes.dropLast()) + Array(ending.utf8)) == nil)
  }

  @Test("offers are written as the encoder writes them")
  func offers() throws {
    var random = SplitMix64(seed: 2)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for round in 0..<100 {
      var offer = SessionOffer(
        session: .random(using: &random),
        game: "game-\(round)",
        host: Self.endpoint(&random),
        ticket: "a.b/c.d_-\(round)",
        startBy: Int64.random(in: 0..<1 << 40, using: &random),
        startSeconds: round,
        leaseSeconds: round,
        alternate: round % 2 == 0 ? Self.endpoint(&random) : nil,
        isWarm: round % 3 == 0,
        matchMicroseconds: Int.random(in: 0..<1_000_000, using: &random)
      )
      #expect(try OfferWriter.json(offer) == Array(encoder.encode(offer)))
      for text in ["\"", "\\", "\n", "é", "\u{7F}"] {
        offer.host.endpoint = "a\(text):1"
        #expect(OfferWriter.json(offer) == nil)
      }
    }
  }

  private static func endpoint(_ random: inout SplitMix64) -> HostEndpoint {
    HostEndpoint(host: .random(using: &random), endpoint: "[2001:db8::1]:4200", transportKey: Self.key)
  }

  private static func order(_ random: inout SplitMix64) -> SessionOrder {
    func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
    let place = Place(
      latitude: Double.random(in: -90...90, using: &random),
      longitude: Double(Int.random(in: -180...180, using: &random))
    )
    let probe = SessionOrder.Probe(host: .random(using: &random), roundTripMicroseconds: 1_234, jitterMicroseconds: 0)
    return SessionOrder(
      request: .random(using: &random),
      game: "a-game",
      transportKey: Self.key,
      picture: maybe("1280x720"),
      minimumClass: maybe(.fullHD),
      maximumPrice: maybe(4_294_967_295),
      avoid: Bool.random(using: &random) ? [.random(using: &random), .random(using: &random)] : [],
      place: maybe(place),
      landmarks: maybe("AAAAAAAAAAAAAAAAAAAAAA:1000"),
      probes: Bool.random(using: &random) ? [probe, probe] : [],
      waits: Bool.random(using: &random)
    )
  }
}
