import LoadTest
import MediaUnits
import NetworkSimulator
import Testing

@Suite("A network for each player of a load test")
struct LoadLinkTests {
  @Test("is a profile with settings, of which some are for one direction")
  func settings() throws {
    let link = try LoadConfiguration.Link(parsing: "wifi,delay=15ms,burst=0.1%,4,up:loss=5%,down:rate=12M")
    #expect(link.up.delay == .milliseconds(15) && link.down.delay == .milliseconds(15))
    #expect(link.up.loss == 0.05 && link.down.loss == LinkConditions.wiFi.loss)
    #expect(link.down.rate == .megabits(12) && link.up.rate == LinkConditions.wiFi.rate)
    #expect(link.up.burstLoss == link.down.burstLoss && link.up.burstLoss != LinkConditions.wiFi.burstLoss)
    #expect(link.name == "wifi,delay=15ms,burst=0.1%,4,up:loss=5%,down:rate=12M")
    let plain = try LoadConfiguration.Link(parsing: "delay=3ms")
    #expect(plain.up == LinkConditions(delay: .milliseconds(3)) && plain.down == plain.up)
  }

  @Test(
    "says what it does not understand",
    arguments: [
      ("moon", "cellular"), ("", "cellular"), ("wifi,speed=3", "jitter"), ("delay=3", "15ms"),
      ("wifi,up:profile=moon", "cellular"), ("wifi,left:loss=1%", "jitter"),
      (String(repeating: "loss=1%,", count: 100), "500"),
    ]
  )
  func errors(text: String, allowed: String) throws {
    let error = try #require(throws: LoadLinkError.self) { try LoadConfiguration.Link(parsing: text) }
    #expect(error.description.contains(allowed), "\(error)")
  }
}
