import MediaUnits
import NetworkSimulator
import Testing

@Suite("Schedules of links")
struct LinkScheduleTests {
  @Test("are read line by line, with comments and any space")
  func reads() throws {
    let schedule = try LinkSchedule(
      parsing: "# worse and worse\n5s down rate=12M\r\n\n 5s\tboth  delay=40ms loss=2% # slow\n500s up profile=wifi\n"
    )
    #expect(
      schedule
        == LinkSchedule([
          .init(at: .seconds(5), direction: .down, settings: [.rate(bitsPerSecond: 12_000_000)]),
          .init(at: .seconds(5), direction: .both, settings: [.delay(.milliseconds(40)), .loss(0.02)]),
          .init(at: .seconds(500), direction: .up, settings: [.profile(.wiFi)]),
        ])
    )
    #expect(try LinkSchedule(parsing: "\n# nothing\n").changes.isEmpty)
  }

  @Test(
    "say which line is wrong and what would be right",
    arguments: [
      ("5s down rate=12M\nnow up loss=1%", 2, "a time such as"), ("5s down\n", 1, "settings such as"),
      ("5s left rate=1M", 1, "up, down or both"), ("5s up rate", 1, "NAME=VALUE"),
      ("5s up rate=fast", 1, "such as 20M"),
      ("5s up loss=1%\n4s up loss=2%", 2, "at least the one above"), ("5s up weather=bad", 1, "weather"),
    ]
  )
  func refuses(text: String, line: Int, reason: String) {
    do {
      _ = try LinkSchedule(parsing: text)
      Issue.record("accepted \(text)")
    } catch {
      #expect(error.line == line)
      #expect(error.description.contains(reason), "\(error)")
    }
  }

  @Test("are bounded")
  func bounds() {
    let many = String(repeating: "1s up loss=1%\n", count: LinkSchedule.maximumChangeCount + 1)
    #expect(throws: LinkScheduleError.self) { try LinkSchedule(parsing: many) }
    let wide = "1s up" + String(repeating: " loss=1%", count: 17)
    #expect(throws: LinkScheduleError.self) { try LinkSchedule(parsing: wide) }
    #expect(throws: LinkScheduleError.self) {
      try LinkSchedule(parsing: String(repeating: "#", count: LinkSchedule.maximumByteCount + 1))
    }
  }
}
