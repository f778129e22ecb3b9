import Testing

@testable import Indexer

@Suite("The metrics")
struct ObservationMetricsTests {
  /// Reads the text format as strictly as its grammar is.
  private struct Exposition {
    struct Sample: Equatable {
      var name: String
      var labels: String
      var value: Double
    }

    var kinds: [String: String] = [:]
    var samples: [Sample] = []

    init(_ text: String) throws {
      #expect(text.hasSuffix("\n"))
      let sample = /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([a-z_]+="(?:[^"\\\n]|\\["\\n])*")\})? (\S+)/
      var family = ""
      var helped = ""
      for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
        if let match = line.wholeMatch(of: /# HELP ([a-z_]+) (\S.*)/) {
          helped = String(match.1)
        } else if let match = line.wholeMatch(of: /# TYPE ([a-z_]+) (counter|gauge|histogram)/) {
          family = String(match.1)
          #expect(helped == family, "HELP stands before TYPE")
          #expect(self.kinds.updateValue(String(match.2), forKey: family) == nil, "a family is written once")
        } else {
          let match = try #require(line.wholeMatch(of: sample), "\(line)")
          let name = String(match.1)
          let suffixes = self.kinds[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
          #expect(suffixes.contains { family + $0 == name }, "\(name) is of \(family)")
          let value = try #require(Double(match.3))
          self.samples.append(Sample(name: name, labels: String(match.2 ?? ""), value: value))
        }
      }
    }

    subscript(name: String, labels: String) -> Double? {
      self.samples.first { $0.name == name && $0.labels == labels }?.value
    }
  }

  @Test("Are what the figures say, in Prometheus's format")
  func values() throws {
    let text = MetricsText(ObservedNetwork.figures(second: 20), version: "1.2.3", queueLimit: 100).text
    let metrics = try Exposition(text)
    #expect(metrics["martlet_build_info", #"version="1.2.3""#] == 1)
    #expect(metrics["martlet_hosts", #"state="standby""#] == 263)
    #expect(metrics["martlet_hosts", #"state="silent""#] == 0)
    #expect(metrics["martlet_seats", #"kind="free""#] == 266)
    #expect(metrics["martlet_sessions", #"state="running""#] == 257)
    #expect(metrics["martlet_queue_length", ""] == 2)
    #expect(metrics["martlet_matches_total", #"result="offered""#] == 140)
    #expect(metrics["martlet_matches_total", #"result="refused""#] == 4)
    #expect(metrics["martlet_refusals_total", #"reason="no-seat""#] == 2)
    #expect(metrics["martlet_indexers", ""] == 2)
    #expect(metrics.kinds["martlet_matches_total"] == "counter")
    #expect(metrics.kinds.filter { $0.value == "counter" }.keys.allSatisfy { $0.hasSuffix("_total") })
  }

  @Test("Have histograms whose buckets rise to the count")
  func histograms() throws {
    let metrics = try Exposition(MetricsText(ObservedNetwork.figures(second: 20), version: "", queueLimit: 0).text)
    for name in metrics.kinds.filter({ $0.value == "histogram" }).keys {
      let buckets = metrics.samples.filter { $0.name == name + "_bucket" }
      #expect(buckets.map(\.value) == buckets.map(\.value).sorted())
      #expect(buckets.last?.labels == #"le="+Inf""#)
      #expect(buckets.last?.value == metrics[name + "_count", ""])
    }
    // 60 frames of 40 ms to 69.5 ms, half a millisecond apart: 21 of at most 50 ms.
    #expect(metrics["martlet_first_frame_seconds_bucket", #"le="0.05""#] == 21)
    #expect(metrics["martlet_first_frame_seconds_bucket", #"le="0.1""#] == 60)
    #expect(metrics["martlet_first_frame_seconds_count", ""] == 60)
    #expect(abs((metrics["martlet_first_frame_seconds_sum", ""] ?? 0) - 3.285) < 0.001)
  }

  @Test("Escape what a label's value may not have")
  func escaping() throws {
    var text = MetricsText()
    text.add("x", .gauge, "a\\b\nc", by: "y", ["q\"\\\n": 3])
    #expect(text.text == "# HELP x a\\\\b\\nc\n# TYPE x gauge\nx{y=\"q\\\"\\\\\\n\"} 3\n")
    _ = try Exposition(text.text)
  }
}
