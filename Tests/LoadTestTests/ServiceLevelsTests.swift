import Foundation
import SessionReport
import Testing

@testable import LoadTest

@Suite("Service levels of a load test")
struct ServiceLevelsTests {
  /// 10 to 109 ms, each once.
  private func result(missing: Int64 = 0) throws -> LoadResult {
    var result = try LoadResult.empty(host: "a")
    var histogram = LatencyHistogram()
    for milliseconds in 10..<110 { histogram.record(nanoseconds: Int64(milliseconds) * 1_000_000) }
    for _ in 0..<missing { histogram.recordMissing() }
    result.latencies["capture-to-complete"] = LoadResult.Latency(histogram)
    (result.frames, result.framesMissing, result.framesLate) = (90, 10, 20)
    (result.freezes, result.freezeNanoseconds, result.watchedNanoseconds) = (3, 6_000_000_000, 120_000_000_000)
    (result.players, result.playersWithPicture) = (5, 4)
    result.failures = ["no host answers": 1]
    return result
  }

  private func isMet(_ yaml: String, missing: Int64 = 0) throws -> Bool {
    let verdicts = try ServiceLevels(parsing: yaml).verdicts(on: self.result(missing: missing))
    try #require(verdicts.count == 1)
    #expect(verdicts[0].text.hasPrefix(verdicts[0].isMet ? "met" : "missed"))
    return verdicts[0].isMet
  }

  @Test(
    "each figure is met at its value and missed just below",
    arguments: [
      ("late-percent", "20", "19.9"), ("missing-percent", "10", "9.9"), ("freezes-per-minute", "1.5", "1.4"),
      ("frozen-percent", "5", "4.9"), ("players-without-picture", "1", "0"), ("failures", "1", "0"),
      ("capture-to-complete", "{max: 109ms}", "{max: 108.9ms}"),
      ("capture-to-complete", "{p99: 0.1095 s}", "{p99: 107000us}"),
      ("capture-to-complete", "{p50: 60ms}", "{p50: 58ms}"),
    ]
  )
  func limits(name: String, met: String, missed: String) throws {
    #expect(try self.isMet("\(name): \(met)"))
    #expect(try !self.isMet("\(name): \(missed)"))
  }

  @Test("what never came is missed, and so is what nobody measured")
  func absent() throws {
    #expect(try self.isMet("capture-to-complete: {p95: 200ms}"))
    #expect(try !self.isMet("capture-to-complete: {p95: 200ms}", missing: 10))
    #expect(try !self.isMet("capture-to-complete: {max: 1000s}", missing: 1))
    #expect(try !self.isMet("encode: {p50: 1000s}"))
    let empty = try LoadResult.empty(host: "a")
    #expect(try ServiceLevels(parsing: "late-percent: 100").verdicts(on: empty).map(\.isMet) == [false])
  }

  @Test(
    "an error names the line and what is allowed there",
    arguments: [
      ("late-percent: 1\nspeed: 3\n", 2, "late-percent"),
      ("failures: none\n", 1, "number"),
      ("failures: -1\n", 1, "number"),
      ("failures: nan\n", 1, "number"),
      ("failures: {p99: 1ms}\n", 1, "number"),
      ("# limits\n\nencode: 3ms\n", 3, "p99.9"),
      ("encode:\n  p50: 3ms\n  p98: 4ms\n", 3, "p99.9"),
      ("encode:\n  p50: 3ms\n  p99: 4\n", 3, "us, ms or s"),
      ("encode: {p50: 3ms}\nfailures: *all\n", 2, "alias"),
      ("# limits\nfailures: 0\nfailures: 0\n", 2, "twice"),
      ("failures: [\n", 2, "YAML"),
      ("- failures\n", 1, "late-percent"),
    ] as [(String, Int, String)]
  )
  func errors(text: String, line: Int, allowed: String) throws {
    let error = try #require(throws: ServiceLevelsError.self) { try ServiceLevels(parsing: text) }
    #expect(error.line == line, "\(error)")
    #expect(error.description.contains(allowed), "\(error)")
  }

  @Test("neither depth nor length ends the process")
  func bounds() {
    let texts = [
      String(repeating: "{a: ", count: 4000), String(repeating: "[", count: 16_000),
      String(repeating: "- ", count: 8000),
      String(repeating: "? ", count: 8000), String(repeating: "a", count: 17_000), "", "\u{0}", "~",
    ]
    for text in texts {
      #expect(throws: ServiceLevelsError.self) { try ServiceLevels(parsing: text) }
    }
  }

  @Test("the sample makes sense")
  func sample() throws {
    let url = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Samples/load/slo.yaml").standardized
    let levels = try ServiceLevels(parsing: String(decoding: Data(contentsOf: url), as: UTF8.self))
    #expect(levels.objectives.contains(.duration("capture-to-complete", .p99, atMostMilliseconds: 30)))
    #expect(levels.objectives.count == 10)
  }

  @Test("every duration of a result can be limited")
  func names() throws {
    #expect(try LoadResult.empty(host: "a").latencies.keys.sorted() == ServiceLevels.durations)
  }
}
