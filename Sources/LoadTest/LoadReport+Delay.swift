internal import Charts
internal import SessionReport

extension LoadReport {
  /// The steps of a frame's way that results hold, in order, with their colours' numbers.
  static let stages: [(name: String, title: String, stage: LatencyStage)] = [
    ("capture", "capture", .capture), ("convert", "convert", .convert), ("encode", "encode", .encode),
    ("send", "send", .send), ("network", "network", .network), ("assemble", "assemble", .assemble),
    ("decode", "decode", .decode),
  ]

  /// The delays that have a curve each.
  private static let delays = [
    ("capture-to-complete", "Frame age"), ("capture-to-decoded", "Picture age"), ("input-to-frame", "Input to frame"),
  ]

  // MARK: Distribution

  var delaySection: String {
    var curves: [(name: String, latency: LoadResult.Latency)] = []
    for run in self.runs {
      for (name, title) in Self.delays {
        guard let latency = run.result.latencies[name], latency.count > 1 else { continue }
        // Beside each other, runs are told apart by one delay each; the table has the rest.
        if self.isComparison, name != "capture-to-complete" { continue }
        curves.append((self.isComparison ? run.name : title, latency))
      }
    }
    guard !curves.isEmpty else { return "" }
    func chart(_ title: String, _ description: String, _ form: DistributionChart.Form) -> String {
      DistributionChart(
        title,
        description,
        unit: "ms",
        form: form,
        curves: curves.enumerated().map { index, curve in
          DistributionChart.Curve(curve.name, .series(index)) { fraction in
            // A few that took for ever would press all others to the left; the second chart is about them.
            form == .cumulative && fraction > 0.99 ? nil : curve.latency.percentile(100 * fraction)
          }
        }
      ).html
    }
    return """
      <section><h2>How old frames were</h2>
      <p>From the moment that the host noticed that the game had drawn to the moment that the frame was there. Frames
      that never came count with the time until the next that could be shown. \(self.uncertainty)</p>
      <h3>What most were like</h3>
      <p>How many were at most so old, up to 99 %: the steeper, the steadier.</p>
      \(chart("Share of frames by age", "Lines that climb from 0 to 100 %.", .cumulative))
      <h3>What the worst were like</h3>
      <p>At 99 %, one in a hundred was older than the line is high. A flat line is a steady stream; a line that climbs on
      the right has rare hiccups.</p>
      \(chart("Age by percentile", "Lines over an axis that gives the rarest cases the most room.", .rarity))
      </section>
      """
  }

  /// How far to trust ages: they compare two machines' clocks.
  private var uncertainty: String {
    let most = self.runs.compactMap { $0.result.latencies["clock-uncertainty"]?.percentile(50) }.max()
    return most.map { "Two clocks are compared, whose relation is known to within \(DecimalText.fixed($0, 2)) ms." }
      ?? ""
  }

  // MARK: Stages

  var stageSection: String {
    let known = Self.stages.filter { stage in
      self.runs.contains { ($0.result.latencies[stage.name]?.count ?? 0) > 0 }
    }
    guard !known.isEmpty else { return "" }
    var bars: [StackedChart.Bar] = []
    for run in self.runs {
      for (label, percent) in [("typical", 50.0), ("slowest 1 %", 99)] {
        let name = self.isComparison ? "\(Self.short(run.name, 9)) p\(Int(percent))" : label
        let values = known.map { run.result.latencies[$0.name]?.percentile(percent) ?? 0 }
        bars.append(StackedChart.Bar(name, values))
      }
    }
    let chart = StackedChart(
      "Time in each step",
      "Stacked bars: the median and the 99th percentile of every step.",
      unit: "ms",
      parts: known.map { StackedChart.Part($0.title, .stage($0.stage.rawValue)) },
      bars: bars
    )
    let rows = known.map { stage -> String in
      let cells = self.runs.map { run -> String in
        let latency = run.result.latencies[stage.name]
        let share = Self.share(of: stage.name, in: run.result).map { "\(DecimalText.fixed(100 * $0, 0)) %" } ?? "–"
        let (typical, slow) = (Self.text(latency?.percentile(50)), Self.text(latency?.percentile(99)))
        return "<td>\(typical)</td><td>\(slow)</td><td>\(share)</td>"
      }
      return """
        <tr><th scope="row"><i class="key s\(stage.stage.rawValue)"></i>\(stage.title)</th>\(cells.joined())\
        \(self.isComparison ? "" : "<td class=\"prose\">\(stage.stage.explanation)</td>")</tr>
        """
    }
    let heads = self.runs.map { run in
      let name = self.isComparison ? "\(Markup.escaped(Self.short(run.name, 16))): " : ""
      return """
        <th scope="col">\(name)typical, ms</th><th scope="col">slowest 1 %, ms</th><th scope="col">share</th>
        """
    }
    return """
      <section><h2>Where the time goes</h2>
      <p>Every frame passes through these steps. The lower bar of a pair puts together what each step takes at its slowest
      1 %, so it is longer than any one frame usually is. Shares are of all frames' time together.</p>
      \(chart.rows)
      <div class="scroll"><table><thead><tr><th scope="col">Step</th>\(heads.joined())\
      \(self.isComparison ? "" : "<th scope=\"col\" class=\"prose\">What happens</th>")</tr></thead><tbody>\(rows.joined())</tbody></table></div></section>
      """
  }

  /// A step's part of the time of all frames, 0 ... 1; `nil` where nothing is known.
  static func share(of stage: String, in result: LoadResult) -> Double? {
    func mean(_ name: String) -> Double { Double(result.latencies[name]?.histogram.meanNanoseconds ?? 0) }
    let total = Self.stages.reduce(0) { $0 + mean($1.name) }
    return total > 0 ? mean(stage) / total : nil
  }

  static func text(_ milliseconds: Double?) -> String { milliseconds.map { DecimalText.fixed($0, 2) } ?? "never" }

  static func short(_ name: String, _ count: Int) -> String {
    name.count <= count ? name : String(name.prefix(count - 1)) + "…"
  }
}
