extension HTMLReport {
  private static let width = 860.0
  private static let axisWidth = 54.0

  /// Coordinates with one decimal are finer than any screen here.
  private static func point(_ value: Double) -> String { Decimal.fixed(value, 1) }

  private static func milliseconds(_ nanoseconds: Int64) -> String { Decimal.fixed(Double(nanoseconds) / 1e6, 2) }

  /// A round number at or above `value` whose quarters are round too.
  private static func niceCeiling(_ value: Double) -> Double {
    guard value > 0 else { return 1 }
    var power = 1.0
    while power < value { power *= 10 }
    while power / 10 >= value { power /= 10 }
    for step in [0.12, 0.2, 0.4, 0.6, 0.8] where step * power >= value { return step * power }
    return power
  }

  /// Horizontal lines with their values, from 0 to `top`.
  private static func grid(top: Double, height: Double, unit: String) -> String {
    (0...4).map { index -> String in
      let y = Self.point(height - height * Double(index) / 4)
      let value = top * Double(index) / 4
      let label = Decimal.fixed(value, top < 1 ? 3 : top < 4 ? 2 : top < 12 ? 1 : 0)
      return """
        <line class="grid" x1="\(Self.axisWidth)" x2="\(Self.width)" y1="\(y)" y2="\(y)"/>\
        <text class="tick" x="\(Self.axisWidth - 8)" y="\(y)" dy="4" text-anchor="end">\(label)\
        \(index == 4 ? unit : "")</text>
        """
    }.joined()
  }

  private static func chart(
    _ title: String,
    _ description: String,
    height: Double,
    _ content: String
  ) -> String {
    """
    <svg viewBox="0 -14 \(Int(Self.width)) \(Int(height) + 40)" role="img"><title>\(title)</title>\
    <desc>\(description)</desc>\(content)</svg>
    """
  }

  // MARK: Stages

  static func stageSection(_ summary: SessionSummary) -> String {
    let known = LatencyStage.allCases.filter { summary.stages[$0.rawValue].count > 0 }
    guard !known.isEmpty else { return "" }
    func values(_ percent: Double) -> [(stage: LatencyStage, nanoseconds: Int64)] {
      known.map { ($0, summary.stages[$0.rawValue].percentile(percent) ?? 0) }
    }
    let rows: [(name: String, values: [(stage: LatencyStage, nanoseconds: Int64)])] = [
      ("typical", values(50)), ("slowest 1 %", values(99)),
    ]
    let longest = rows.map { $0.values.reduce(0) { $0 + $1.nanoseconds } }.max() ?? 0
    let left = 96.0
    let scale = (Self.width - left - 84) / Double(max(1, longest))
    var content = ""
    for (index, row) in rows.enumerated() {
      let y = Double(index) * 52
      var x = left
      content += "<text class=\"label\" x=\"\(left - 10)\" y=\"\(y + 22)\" text-anchor=\"end\">\(row.name)</text>"
      for (stage, nanoseconds) in row.values {
        let extent = Double(nanoseconds) * scale
        content += """
          <rect class="s\(stage.rawValue)" x="\(Self.point(x))" y="\(y)" width="\(Self.point(max(0, extent - 1)))" \
          height="34" rx="2"><title>\(stage.name), \(row.name): \(Self.milliseconds(nanoseconds)) ms</title></rect>
          """
        x += extent
      }
      let sum = Decimal.fixed(Double(row.values.reduce(0) { $0 + $1.nanoseconds }) / 1e6, 1)
      content += "<text class=\"label strong\" x=\"\(Self.point(x + 8))\" y=\"\(y + 22)\">\(sum) ms</text>"
    }
    let description = "Two stacked bars: the median and the 99th percentile of every step."
    let bars = Self.chart("Time in each step", description, height: 92, content)
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
    let totals = samples.map { $0.stageNanoseconds.reduce(0, +) }
    let height = 220.0
    let top = Self.niceCeiling(Double(totals.max() ?? 0) / 1e6)
    let slot = (Self.width - Self.axisWidth) / Double(samples.count)
    // Gaps between bars only where bars are wide enough to spare them.
    let gap = slot > 5 ? 1.0 : 0
    var bars = Self.grid(top: top, height: height, unit: " ms")
    for (index, sample) in samples.enumerated() {
      let x = Self.point(Self.axisWidth + Double(index) * slot)
      var y = height
      var rects = ""
      for stage in LatencyStage.allCases where sample.stageNanoseconds[stage.rawValue] > 0 {
        let extent = Double(sample.stageNanoseconds[stage.rawValue]) / 1e6 / top * height
        y -= extent
        rects += """
          <rect class="s\(stage.rawValue)" x="\(x)" y="\(Self.point(y))" width="\(Self.point(slot - gap))" \
          height="\(Self.point(extent))"/>
          """
      }
      let total = Decimal.fixed(Double(totals[index]) / 1e6, 1)
      bars += "<g><title>second \(sample.second): \(total) ms, \(sample.framesDecoded) pictures</title>\(rects)</g>"
    }
    bars += Self.timeAxis(samples, slot: slot, height: height)
    let delay = Self.chart(
      "Mean picture delay over time",
      "Stacked bars, one for every sample, by step.",
      height: height,
      bars
    )

    let rates = samples.map { Double($0.bitsPerSecond) / 1e6 }
    let rateTop = Self.niceCeiling(rates.max() ?? 0)
    let rateHeight = 110.0
    var area = Self.grid(top: rateTop, height: rateHeight, unit: "")
    let points = rates.enumerated().map { index, rate in
      let x = Self.axisWidth + (Double(index) + 0.5) * slot
      return "\(Self.point(x)),\(Self.point(rateHeight - rate / rateTop * rateHeight))"
    }
    area += "<polyline class=\"line a\" points=\"\(points.joined(separator: " "))\"/>"
    for (index, sample) in samples.enumerated() where sample.framesLost > 0 || sample.packetsLost > 0 {
      let x = Self.point(Self.axisWidth + (Double(index) + 0.5) * slot)
      let kind = sample.framesLost > 0 ? "lost" : "repaired"
      area += """
        <circle class="\(kind)" cx="\(x)" cy="\(rateHeight - 5)" r="3.5"><title>second \(sample.second): \
        \(sample.packetsLost) packets and \(sample.framesLost) pictures lost</title></circle>
        """
    }
    area += Self.timeAxis(samples, slot: slot, height: rateHeight)
    let rate = Self.chart(
      "Data rate over time",
      "A line; dots mark seconds in which packets or pictures were lost.",
      height: rateHeight,
      area
    )
    return """
      <section><h2>Over time</h2>
      <p>The mean delay of a picture, by step, in the colours from above.</p>\(delay)
      <p>Data received, in Mbit/s. <i class="key dot repaired"></i>Packets were lost and made good.
      <i class="key dot lost"></i>A picture was lost.</p>\(rate)</section>
      """
  }

  private static func timeAxis(_ samples: [SecondSample], slot: Double, height: Double) -> String {
    let step = max(1, (samples.count + 7) / 8)
    return stride(from: step - 1, to: samples.count, by: step).map { index in
      let x = Self.point(min(Self.width - 14, Self.axisWidth + (Double(index) + 0.5) * slot))
      return """
        <text class="tick" x="\(x)" y="\(Self.point(height + 18))" text-anchor="middle">\(samples[index].second) s</text>
        """
    }.joined()
  }

  // MARK: Percentiles

  static func percentileSection(_ summary: SessionSummary) -> String {
    let curves: [(name: String, style: String, histogram: LatencyHistogram)] = [
      ("Picture delay", "a", summary.drawnToDecoded), ("Input delay", "b", summary.inputToDecoded),
    ].filter { $0.2.count > 1 }
    guard !curves.isEmpty else { return "" }
    let height = 220.0
    let top = Self.niceCeiling(Double(curves.map { $0.histogram.maximumNanoseconds }.max() ?? 0) / 1e6)
    // Each step to the right is ten times rarer: 90 %, 99 %, 99.9 % lie equally far apart.
    let decades = 4.0
    let extent = Self.width - Self.axisWidth - 20
    func x(_ decade: Double) -> Double { Self.axisWidth + decade / decades * extent }
    var content = Self.grid(top: top, height: height, unit: " ms")
    for (decade, label) in [(0.0, "0 %"), (0.301, "50 %"), (1, "90 %"), (2, "99 %"), (3, "99.9 %"), (4, "99.99 %")] {
      let anchor = decade == 4 ? "end" : "middle"
      content += """
        <line class="grid" x1="\(Self.point(x(decade)))" x2="\(Self.point(x(decade)))" y1="0" y2="\(height)"/>\
        <text class="tick" x="\(Self.point(x(decade)))" y="\(height + 18)" text-anchor="\(anchor)">\(label)</text>
        """
    }
    for curve in curves {
      var points: [String] = []
      var rarity = 1.0
      for step in 0...160 {
        let decade = Double(step) / 40
        guard let value = curve.histogram.percentile(100 - 100 * rarity) else { break }
        points.append("\(Self.point(x(decade))),\(Self.point(height - Double(value) / 1e6 / top * height))")
        rarity *= 0.944060876285923  // 10 ^ (-1 / 40)
      }
      content += """
        <polyline class="line \(curve.style)" points="\(points.joined(separator: " "))"><title>\(curve.name)</title>\
        </polyline>
        """
    }
    let description = "Lines over a percentile axis that gives the rarest cases the most room."
    let chart = Self.chart("Delay by percentile", description, height: height, content)
    let keys = curves.map { "<i class=\"key line \($0.style)\"></i>\($0.name)" }.joined(separator: " &nbsp; ")
    return """
      <section><h2>How often it was slower</h2>
      <p>Read it like this: at 99 %, one in a hundred took longer than the line is high. A flat line is a steady
      session; a line that climbs on the right has rare hiccups. It ends where the rest never arrived.</p>
      <p>\(keys)</p>
      \(chart)
      </section>
      """
  }
}
