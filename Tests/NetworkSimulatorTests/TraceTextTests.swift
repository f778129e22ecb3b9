import MediaUnits
import NetworkSimulator
import Testing

@Suite("Texts of traces")
struct TraceTextTests {
  private typealias Step = RateTrace.Step

  @Test("reads rows of time, rate, round trip and loss")
  func rows() throws {
    let text = "# a comment\n0.000 2.50 27.0ms 0.00\n0.015 12.48\t34.5ms  0.25\r\n\n0.045 0 30ms 1\n"
    let trace = try RateTrace(parsing: Array(text.utf8), loops: true)
    #expect(
      trace.steps == [
        Step(duration: .milliseconds(15), rate: .megabits(2.5), delay: .microseconds(13_500)),
        Step(duration: .milliseconds(30), rate: .megabits(12.48), delay: .microseconds(17_250), loss: 0.25),
        Step(duration: .milliseconds(30), rate: .megabits(0), delay: .milliseconds(15), loss: 1),
      ]
    )
    #expect(trace.loops && trace.duration == .milliseconds(75))
  }

  @Test("takes a share lost that was measured as less than nothing for none")
  func negativeLoss() throws {
    let trace = try RateTrace(parsing: Array("0.0 8 2ms -0.03\n0.015 8 2ms -1.5\n".utf8), loops: true)
    #expect(trace.steps.map(\.loss) == [0, 0])
    for text in ["0.0 8 2ms -", "0.0 8 2ms --1", "0.0 -8 2ms 0", "-1 8 2ms 0", "0.0 8 -2ms 0"] {
      #expect(throws: TraceError.self) { try RateTrace(parsing: Array(text.utf8), loops: true) }
    }
  }

  @Test("reads one delivery opportunity a line")
  func opportunities() throws {
    let trace = try RateTrace(parsing: Array("0\n0\n1\n1\n5\n6".utf8), loops: false)
    #expect(
      trace.steps == [
        Step(duration: .milliseconds(2), rate: .megabits(24)),
        Step(duration: .milliseconds(3), rate: .megabits(0)),
        Step(duration: .milliseconds(2), rate: .megabits(12)),
      ]
    )
    // Six opportunities carry six full packets, each by the end of its own millisecond.
    var link = SimulatedLink<Int>(LinkConditions(queue: .seconds(1), trace: trace), seed: 1)
    for number in 0..<6 { link.send(number, byteCount: 1500, now: .zero) }
    var arrivals: [Duration] = []
    while let deadline = link.deadline, link.receive(now: deadline) != nil { arrivals.append(deadline - .zero) }
    #expect(arrivals == [500, 1000, 1500, 2000, 6000, 7000].map { Duration.microseconds($0) })
  }

  @Test(
    "says what is wrong and where",
    arguments: [
      ("", 1, .empty),
      ("\n# nothing\n", 1, .empty),
      ("0.0 1 2ms 0\nx", 2, .expected("a time in seconds")),
      ("0.0 1 2ms 0\n0.015 -1 2ms 0", 2, .expected("a rate in Mbit/s, at most a million")),
      ("0.0 1 2 0", 1, .expected("a round-trip time such as 27.0ms")),
      ("0.0 1 2ms", 1, .expected("a loss rate from 0 to 1 as the last field")),
      ("0.0 1 2ms 1.01", 1, .expected("a loss rate from 0 to 1 as the last field")),
      ("0.0 1 2ms 0 0", 1, .expected("a loss rate from 0 to 1 as the last field")),
      ("0.0 1 2ms 0\n0.0009 1 2ms 0", 2, .timeDoesNotRise),
      ("0.0 1 2ms 0\n604801 1 2ms 0", 2, .lastsTooLong),
      ("0.0 1 2ms 0\n604800 1 2ms 0", 1, .lastsTooLong),
      ("0.0 0 2ms 0\n0.015 0 2ms 0", 1, .carriesNothing),
      ("5\n4", 2, .timeDoesNotRise),
      ("5\n6 7", 2, .expected("a time in whole milliseconds, alone on its line")),
      ("5\n6.5.5", 2, .expected("a time in whole milliseconds, alone on its line")),
      ("999999999999", 1, .lastsTooLong),
      ("9999999999999", 1, .expected("a time in seconds")),
    ] as [(String, Int, TraceError.Reason)]
  )
  func errors(text: String, line: Int, reason: TraceError.Reason) {
    #expect(throws: TraceError(line: line, reason: reason)) {
      try RateTrace(parsing: Array(text.utf8), loops: true)
    }
  }

  @Test("hostile text is refused or becomes a trace that a link can follow", arguments: 1...300 as ClosedRange<UInt64>)
  func hostile(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let valid = ["0.000 2.50 27.0ms 0.00\n0.015 12.48 34.5ms 0.25\n0.045 0 30ms 1\n", "0\n0\n1\n1\n5\n600\n"]
    var bytes = Array(valid[Int(seed % 2)].utf8)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let index = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[index] = Array("0123456789. \nms#-e".utf8).randomElement(using: &random) ?? 0
      case 1: bytes.insert(bytes[index], at: index)
      default: bytes.removeSubrange(index..<min(bytes.count, index + 3))
      }
      if bytes.isEmpty { return }
    }
    guard let trace = try? RateTrace(parsing: bytes, loops: true) else { return }
    #expect(trace.steps.allSatisfy { $0.duration >= RateTrace.shortestStep && 0...1 ~= $0.loss })
    #expect(trace.duration <= RateTrace.longestTrace)
    var link = SimulatedLink<Int>(LinkConditions(queue: .seconds(60), trace: trace), seed: seed)
    for number in 0..<50 { link.send(number, byteCount: 1200, now: .zero + .milliseconds(number)) }
    while let deadline = link.deadline, link.receive(now: deadline) != nil {}
    #expect(link.inFlightCount == 0)
  }
}
