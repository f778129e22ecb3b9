import Foundation
import MediaUnits
import SessionReport
import Testing

@testable import LoadTest

@Suite("Results of load tests, written, read and added up")
struct LoadResultTests {
  /// A result with `ages` as its frames' ages.
  private func result(host: String, ages: [Int64], missing: Int64 = 0) throws -> LoadResult {
    var result = try LoadResult.empty(host: host)
    var histogram = LatencyHistogram()
    for age in ages { histogram.record(nanoseconds: age) }
    for _ in 0..<missing { histogram.recordMissing() }
    result.latencies["capture-to-complete"] = LoadResult.Latency(histogram)
    result.players = 1
    result.frames = Int64(ages.count)
    result.failures = ["no host answers": 1]
    return result
  }

  /// A result that has something of everything.
  private func full() throws -> LoadResult {
    var result = try self.result(host: "a", ages: [127, 128, 128], missing: 2)
    result.decoded = LoadResult.Decoded(DecodeMeter(), players: 1)
    result.decoded?.failed = 5
    var series = LoadSeries(start: .zero, duration: .seconds(10))
    var step = ViewMeter.Step()
    (step.age, step.late) = (3_000_000, 7)
    series.record(step, byteCount: 1000, at: Instant(nanoseconds: 2_500_000_000), isFirstOfPlayer: true)
    result.series = series
    return result
  }

  @Test("decoded pictures and seconds are added up, whatever each second stands for")
  func sections() throws {
    var sum = try self.full()
    var other = try self.full()
    other.decoded?.failed = 2
    var coarse = LoadSeries(start: .zero, duration: .seconds(4000))
    #expect(coarse.secondsPerSample == 2)
    var step = ViewMeter.Step()
    (step.age, step.missing, step.late) = (3_000_000, 4, 1)
    coarse.record(step, byteCount: 10, at: Instant(nanoseconds: 2_500_000_000), isFirstOfPlayer: true)
    coarse.recordFreeze(from: Instant(nanoseconds: 3_000_000_000), to: Instant(nanoseconds: 5_000_000_000))
    other.series = coarse
    try sum.merge(LoadResult(parsing: Data(other.json.utf8)))
    #expect(sum.decoded?.failed == 7 && sum.decoded?.players == 2)
    #expect(sum.series.secondsPerSample == 2)
    let sample = sum.series.samples[1]
    #expect(sample.frames == 2 && sample.missing == 4 && sample.late == 8 && sample.bytes == 1010)
    #expect(sample.players == 2 && sample.frozenNanoseconds == 1_000_000_000)
    #expect(sum.series.samples[2].frozenNanoseconds == 1_000_000_000)
    #expect(sample.ages[LoadSeries.ageClass(of: 3_000_000)] == 2)
    // Adding to one that has no decoded pictures takes the other's.
    var plain = try self.result(host: "b", ages: [])
    try plain.merge(sum)
    #expect(plain.decoded?.failed == 7)
  }

  @Test("each class of age begins where the one below it ends")
  func ageClasses() throws {
    for index in 0..<LoadSeries.ageCount - 1 {
      let bound = try #require(LoadSeries.ageBound(index))
      #expect(LoadSeries.ageClass(of: Int64(bound * 1e6) - 1) == index)
      #expect(LoadSeries.ageClass(of: Int64(bound * 1e6) + 1) == index + 1)
    }
    #expect(LoadSeries.ageBound(0) == 1 && LoadSeries.ageBound(2) == 2 && LoadSeries.ageBound(22) == 2048)
    #expect(LoadSeries.ageBound(LoadSeries.ageCount - 1) == nil)
  }

  /// Ages from nanoseconds to minutes, always the same for a seed.
  private func ages(seed: UInt64, count: Int) -> [Int64] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Int64.random(in: 0..<(1 << Int64.random(in: 1...40, using: &random)), using: &random)
    }
  }

  @Test("a merge of two equals recording all samples in one", arguments: [1, 2, 3] as [UInt64])
  func merging(seed: UInt64) throws {
    let (first, second) = (self.ages(seed: seed, count: 500), self.ages(seed: seed + 100, count: 700))
    // Through JSON, as they come from two machines.
    var sum = try LoadResult(parsing: Data(try self.result(host: "b", ages: first, missing: 3).json.utf8))
    try sum.merge(LoadResult(parsing: Data(try self.result(host: "a", ages: second, missing: 4).json.utf8)))
    let all = try self.result(host: "a", ages: first + second, missing: 7)
    #expect(sum.latencies["capture-to-complete"] == all.latencies["capture-to-complete"])
    #expect(sum.frames == 1200 && sum.players == 2 && sum.failures == ["no host answers": 2])
    #expect(sum.hosts == ["a:7777", "b:7777"])
    #expect(sum.machines.count == 2)
  }

  @Test(
    "JSON holds all of a histogram",
    arguments: [[], [0], [127, 128, 129], [5_000_000_000, 1 << 60]] as [[Int64]]
  )
  func roundTrip(ages: [Int64]) throws {
    let result = try self.result(host: "a", ages: ages, missing: 2)
    let read = try LoadResult(parsing: Data(result.json.utf8))
    #expect(read.latencies == result.latencies)
    #expect(read.json == result.json)
  }

  @Test(
    "figures that no recording leads to are refused",
    arguments: [
      ("\"count\" : 3", "\"count\" : 4", "not the sum"),
      ("\"127:1 128:2\"", "\"128:2 127:1\"", "in order"),
      ("\"127:1 128:2\"", "\"127:1 99999:2\"", "in order"),
      ("\"127:1 128:2\"", "\"127:1 128:-2\"", "in order"),
      ("\"maximumNanoseconds\" : 128", "\"maximumNanoseconds\" : 999", "last bucket"),
      ("\"minimumNanoseconds\" : 127", "\"minimumNanoseconds\" : -9223372036854775808", "last bucket"),
      ("\"sumNanoseconds\" : 383", "\"sumNanoseconds\" : 9223372036854775807", "between"),
      ("\"missing\" : 2", "\"missing\" : -1", "missing"),
      ("\"frames\" : 3", "\"frames\" : 9223372036854775807", "no test"),
      ("\"version\" : 4", "\"version\" : 3", "form 3"),
      ("\"frameRate\" : 60", "\"frameRate\" : 0", "contradict"),
      ("\"secondsPerSample\" : 1", "\"secondsPerSample\" : 3", "samples"),
      ("\"late\" : 7", "\"late\" : -7", "contradict"),
      ("\"late\" : 7", "\"late\" : 9223372036854775807", "contradict"),
      ("\"failed\" : 5", "\"failed\" : 1152921504606846976", "no test"),
    ]
  )
  func hostile(original: String, replacement: String, reason: String) throws {
    let json = try self.full().json
    try #require(json.contains(original))
    let error = #expect(throws: LoadResultError.self) {
      try LoadResult(parsing: Data(json.replacingOccurrences(of: original, with: replacement).utf8))
    }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  @Test("a sum that one result cannot hold is refused, and changes nothing")
  func overflow() throws {
    let json = try self.result(host: "a", ages: [127, 128, 128], missing: 2).json
    let many = json.replacingOccurrences(of: "\"missing\" : 2", with: "\"missing\" : 4294967295")
    var sum = try LoadResult(parsing: Data(many.utf8))
    let other = sum
    #expect(throws: LoadResultError.self) { try sum.merge(other) }
    #expect(sum.json == other.json)
  }
}
