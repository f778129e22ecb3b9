internal import Charts

extension HTMLReport {
  private static func milliseconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e6 }

  // MARK: Stages

  static func stageSection(_ summary: SessionSummary) -> String {
    let known = LatencyStage.allCases.filter { summary.stages[$0.rawValue].count > 0 }
    guard !known.isEmpty else { return "" }
    func bar(_ name: String, _ percent: Double) -> StackedChart.Bar {
      StackedChart.Bar(name, known.map { Self.milliseconds(summary.stages[$0.rawValue].percentile(percent) ?? 0) })
    }
    let bars = StackedChart(
      "Time in each step",
      "Two stacked bars: the median and the 99th percentile of every step.",
      unit: "ms",
      parts: known.map { StackedChart.Part($0.name, .stage($0.rawValue)) },
      bars: [bar("typical", 50), bar("slowest 1 %", 99)]
    ).rows
    let legend = known.map { stage -> String in
      let histogram = summary.stages[stage.rawValue]
      let typical = Decimal.milliseconds(histogram.percentile(50))
      let slow = Decimal.milliseconds(histogram.percentile(99))
      return """
        <tr><th scope="row"><i class="key s\(stage.rawValue)"></i>\(stage.name.capitalizedFirst)</th>\
        <td>\(typical)</td><td>\(slow)</td><td class="prose">\(stage.explanation)</td></tr>
        """
    }.joined()
    return """
      <section><h2>Where the time goes</h2>
      <p>Every picture passes through these steps. The upper bar is a typical picture; the lower one puts together what
      each step takes at its slowest 1 %, so it is longer than any one picture usually is.</p>
      \(bars)
      <div class="scroll"><table><thead><tr><th scope="col">Step</th><th scope="col">typical, ms</th>\
      <th scope="col">slowest 1 %, ms</th><th scope="col" class="prose">What happens</th></tr></thead>\
      <tbody>\(legend)</tbody></table></div></section>
      """
  }

  // MARK: Course

  static func courseSection(_ summary: SessionSummary) -> String {
    guard summary.samples.count > 1 else { return "" }
    let samples = summary.samples
    let delay = StackedChart(
      "Mean picture delay over time",
      "Stacked bars, one for every sample, by step.",
      unit: "ms",
      parts: LatencyStage.allCases.map { StackedChart.Part($0.name, .stage($0.rawValue)) },
      bars: samples.map { sample in
        StackedChart.Bar(
          "second \(sample.second), \(sample.framesDecoded) pictures",
          sample.stageNanoseconds.map(Self.milliseconds)
        )
      }
    ).columns { "\(samples[$0].second) s" }
    // A sample's values are means of the time before its end.
    let middle = Double(summary.secondsPerSample) / 2
    var rate = TimeSeriesChart(
      "Data rate over time",
      "A line; dots mark seconds in which packets or pictures were lost.",
      unit: "Mbit/s",
      series: [
        .init(
          "Data received",
          .series(0),
          samples.map { ChartPoint(Double($0.second) - middle, Double($0.bitsPerSecond) / 1e6) },
          isFilled: true
        )
      ]
    )
    rate.height = 110
    rate.range = 0...Double(samples.last?.second ?? 1)
    rate.marks = samples.filter { $0.framesLost > 0 || $0.packetsLost > 0 }.map { sample in
      TimeSeriesChart.Mark(
        Double(sample.second) - middle,
        sample.framesLost > 0 ? .bad : .warning,
        "second \(sample.second): \(sample.packetsLost) packets and \(sample.framesLost) pictures lost"
      )
    }
    return """
      <section><h2>Over time</h2>
      <p>The mean delay of a picture, by step, in the colours from above.</p>\(delay)
      <p>Data received. <i class="key dot warning"></i>Packets were lost and made good.
      <i class="key dot bad"></i>A picture was lost.</p>\(rate.html)</section>
      """
  }

  // MARK: Percentiles

  static func percentileSection(_ summary: SessionSummary) -> String {
    let histograms: [(name: String, histogram: LatencyHistogram)] = [
      ("Picture delay", summary.drawnToDecoded), ("Input delay", summary.inputToDecoded),
    ].filter { $0.1.count > 1 }
    guard !histograms.isEmpty else { return "" }
    let chart = DistributionChart(
      "Delay by percentile",
      "Lines over a percentile axis that gives the rarest cases the most room.",
      unit: "ms",
      form: .rarity,
      curves: histograms.enumerated().map { index, curve in
        DistributionChart.Curve(curve.name, .series(index)) { fraction in
          curve.histogram.percentile(100 * fraction).map(Self.milliseconds)
        }
      }
    ).html
    return """
      <section><h2>How often it was slower</h2>
      <p>Read it like this: at 99 %, one in a hundred took longer than the line is high. A flat line is a steady
      session; a line that climbs on the right has rare hiccups. It ends where the rest never arrived.</p>
      \(chart)
      </section>
      """
  }
}
