import Foundation
import MediaUnits
import SessionReport
import Testing

@testable import LoadTest

@Suite("Reports of load tests")
struct LoadReportTests {
  /// A result whose frames took `age` milliseconds and some more, and froze once.
  private func result(age: Int64, host: String = "a") throws -> LoadResult {
    var result = try LoadResult.empty(host: host)
    var histogram = LatencyHistogram()
    for index in 0..<1000 { histogram.record(nanoseconds: (age + Int64(index % 7)) * 1_000_000) }
    for name in ["capture-to-complete", "network", "encode"] { result.latencies[name] = LoadResult.Latency(histogram) }
    result.players = 3
    result.playersWithPicture = 2
    (result.frames, result.framesMissing, result.framesLate) = (1000, 10, 20)
    (result.freezes, result.freezeNanoseconds, result.watchedNanoseconds) = (2, 500_000_000, 60_000_000_000)
    result.failures = ["the host said: <script>alert(1)</script> & \"more\"": 1]
    var series = LoadSeries(start: .zero, duration: .seconds(10))
    for second in 0..<10 {
      var step = ViewMeter.Step()
      (step.age, step.missing) = (age * 1_000_000, second == 4 ? 3 : 0)
      let at = Instant(nanoseconds: Int64(second) * 1_000_000_000)
      series.record(step, byteCount: 20_000, at: at, isFirstOfPlayer: true)
    }
    series.recordFreeze(from: Instant(nanoseconds: 4_000_000_000), to: Instant(nanoseconds: 4_500_000_000))
    result.series = series
    return result
  }

  @Test("a page holds each section, needs nothing else, and runs nothing that a host said")
  func page() throws {
    let html = LoadReport([.init(name: "a", result: try self.result(age: 20))]).html
    for part in [
      "3 players on a:7777", "How old frames were", "Where the time goes", "Over time", "How old, when",
      "All numbers", "Sessions that did not last", "1.98", "2.00", "never",
    ] {
      #expect(html.contains(part), "\(part)")
    }
    #expect(!html.contains("<script>alert"))
    #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("src="))
    #expect(!html.contains("is what limits"))
    // Each chart is drawn.
    #expect(html.components(separatedBy: "<svg class=\"chart\"").count == 1 + 2 + 1 + 4 + 1)
  }

  @Test("a frame that never came and one that came late are told apart")
  func missing() throws {
    var result = try self.result(age: 20)
    (result.frames, result.framesMissing, result.framesLate) = (995, 5, 2)
    let html = LoadReport([.init(name: "a", result: result)]).html
    #expect(html.contains("2 of 1,000 frames, or the next in their place, came later than 100 ms."))
    #expect(html.contains("5 never came (0.50 %)."))
  }

  @Test("a machine that limits is named first")
  func limiting() throws {
    var result = try self.result(age: 20)
    result.machines[0].isLimiting = true
    let html = LoadReport([.init(name: "a", result: result)]).html
    let note = try #require(html.range(of: "The measuring machine is what limits."))
    let cards = try #require(html.range(of: "Frame age"))
    #expect(note.lowerBound < cards.lowerBound)
  }

  @Test("a comparison says what is better and what is worse than the first")
  func comparison() throws {
    let report = LoadReport([
      .init(name: "before", result: try self.result(age: 20)), .init(name: "after", result: try self.result(age: 10)),
      .init(name: "<b>", result: try self.result(age: 40)),
    ])
    let html = report.html
    #expect(html.contains("before against after"))
    #expect(html.contains("<td class=\"better\">−43 %</td>"))
    #expect(html.contains("<td class=\"worse\">+87 %</td>"))
    #expect(!html.contains("<b>"))
    let line = try #require(report.text.split(separator: "\n").first { $0.contains("Frame age, p50") })
    #expect(line.contains("(−43 %)") && line.contains("(+87 %)"), "\(line)")
  }

  @Test("nothing measured makes a page, too")
  func empty() throws {
    let empty = try LoadResult.empty(host: "a")
    let html = LoadReport([.init(name: "a", result: empty), .init(name: "b", result: empty)]).html
    #expect(html.contains("Side by side"))
    #expect(!LoadReport([.init(name: "a", result: empty)]).html.contains("NaN"))
  }

  @Test("a file for Prometheus holds families of one form, each named once")
  func prometheus() throws {
    var result = try self.result(age: 20)
    result.latencies["odd \"name\"\n"] = result.latencies["encode"]
    result.latencies["encode"]?.histogram.recordMissing()
    for _ in 0..<20 { result.latencies["encode"]?.histogram.recordMissing() }
    let lines = result.prometheus.split(separator: "\n")
    let line = /[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? ([0-9.e+-]+|\+Inf)/
    var named: Set<Substring> = []
    for text in lines {
      if text.hasPrefix("# TYPE ") {
        #expect(named.insert(text).inserted, "\(text)")
      } else if !text.hasPrefix("#") {
        #expect(text.wholeMatch(of: line) != nil, "\(text)")
      }
    }
    #expect(lines.contains("martlet_load_frames_late 20"))
    #expect(lines.contains("martlet_load_latency_seconds{stage=\"encode\",quantile=\"0.99\"} +Inf"))
    #expect(lines.contains("martlet_load_latency_seconds_count{stage=\"encode\"} 1000"))
    #expect(lines.contains("martlet_load_latency_missing{stage=\"encode\"} 21"))
  }
}
