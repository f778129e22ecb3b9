import MediaUnits
import NetworkSimulator
import Testing

@Suite("Settings of links")
struct LinkSettingTests {
  @Test("are read from their names and values")
  func values() throws {
    var conditions = LinkConditions()
    let settings = [
      ("profile", "wifi"), ("delay", "15ms"), ("jitter", "0.5ms"), ("loss", "2%"), ("burst", "0.1%,4"),
      ("duplicate", "0.01"), ("reorder", "1%,3ms"), ("rate", "20M"), ("queue", "64KB"), ("mark", "5ms"),
      ("outage", "10s+2s"), ("outage", "1s+200ms/30s"),
    ]
    for (name, value) in settings { conditions.apply(try LinkSetting(name: name, value: value)) }
    let expected = LinkConditions(
      delay: .milliseconds(15),
      jitter: .microseconds(500),
      loss: 0.02,
      burstLoss: BurstLoss(enter: 0.001, leave: 0.25),
      duplication: 0.01,
      reordering: 0.01,
      reorderingDelay: .milliseconds(3),
      rate: .megabits(20),
      queue: .seconds(60),
      queueByteCount: 64_000,
      marking: .milliseconds(5),
      outages: [
        Outage(at: .seconds(10), lasting: .seconds(2)),
        Outage(at: .seconds(1), lasting: .milliseconds(200), every: .seconds(30)),
      ]
    )
    #expect(conditions == expected)
    conditions.apply(try LinkSetting(name: "queue", value: "100ms"))
    #expect(conditions.queue == .milliseconds(100) && conditions.queueByteCount == nil)
    conditions.apply(try LinkSetting(name: "profile", value: "fibre"))
    #expect(conditions.delay == LinkConditions.fibre.delay && conditions.outages == expected.outages)
    conditions.apply(try LinkSetting(name: "rate", value: "unlimited"))
    #expect(conditions.rate.bitsPerSecond == 0)
  }

  @Test(
    "are refused where they make no sense",
    arguments: [
      ("delay", "15"), ("delay", "-1ms"), ("delay", "nans"), ("delay", "2h"), ("delay", "3601s"), ("delay", "ms"),
      ("delay", "1e3ms"), ("delay", "1.2.3ms"), ("loss", "101%"), ("loss", "1.1"), ("loss", ""), ("loss", "%"),
      ("burst", "1%"), ("burst", "1%,0"), ("burst", "1%,4,1"), ("reorder", "1%"), ("rate", "0"), ("rate", "0M"),
      ("rate", "20"), ("rate", "2T"), ("queue", "1GB"), ("queue", "64"), ("outage", "10s"), ("outage", "10s+0s"),
      ("outage", "10s+2s/2s"), ("outage", "10s+2s/3s/4s"), ("profile", "lan"), ("size", "1"),
      ("delay", String(repeating: "1", count: 65)),
    ]
  )
  func refused(name: String, value: String) {
    #expect(throws: LinkSettingError.self) { try LinkSetting(name: name, value: value) }
  }
}
