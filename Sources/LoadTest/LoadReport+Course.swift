internal import Charts

extension LoadReport {
  /// A heat map has at most so many columns.
  private static let columnCount = 120

  // MARK: Over time

  var courseSection: String {
    let end = self.runs.map { Double($0.result.series.samples.count * $0.result.series.secondsPerSample) }.max() ?? 0
    guard end > 1 else { return "" }
    func chart(
      _ title: String,
      _ description: String,
      marks: Bool = false,
      _ value: @escaping (LoadSeries.Sample, Double) -> Double
    ) -> String {
      var chart = TimeSeriesChart(
        title,
        description,
        // Named in the heading: beside the axis there is no room for it where the page is narrow.
        unit: "",
        series: self.runs.enumerated().map { index, run in
          let width = Double(run.result.series.secondsPerSample)
          let points = run.result.series.samples.enumerated().map { number, sample in
            // A sample's value is that of the time before its end.
            ChartPoint((Double(number) + 0.5) * width, value(sample, width))
          }
          return TimeSeriesChart.Series(
            self.isComparison ? run.name : title,
            .series(index),
            points,
            isFilled: !self.isComparison
          )
        }
      )
      chart.height = 120
      chart.range = 0...end
      if marks, !self.isComparison { chart.marks = Self.marks(self.runs[0].result.series) }
      return "<h3>\(title)</h3>\(chart.html)"
    }
    let rate = chart("Frames per second of a player", "A line.", marks: true) { sample, width in
      sample.players > 0 ? Double(sample.frames) / Double(sample.players) / width : 0
    }
    let players = chart("Players that had a frame", "A line.") { sample, _ in Double(sample.players) }
    let data = chart("Frames' data of all players, Mbit/s", "A line.") { sample, width in
      Double(sample.bytes) * 8e-6 / width
    }
    let frozen = chart("Time frozen, % of all players' time", "A line.") { sample, width in
      100 * Double(sample.frozenNanoseconds) / 1e9 / max(1, Double(sample.players)) / width
    }
    let legend =
      self.isComparison
      ? ""
      : """
      <p><i class="key dot warning"></i>Packets were lost, or frames late. <i class="key dot bad"></i>Frames were
      missing.</p>
      """
    return """
      <section><h2>Over time</h2>
      <p class="onscreen">Drag over a chart to enlarge a part of the time in all of them.</p>\(rate)\(legend)\(players)\(data)\(frozen)
      </section>
      """
  }

  private static func marks(_ series: LoadSeries) -> [TimeSeriesChart.Mark] {
    series.samples.enumerated().compactMap { index, sample in
      guard sample.missing + sample.late + sample.packetsLost > 0 else { return nil }
      let second = index * series.secondsPerSample
      return TimeSeriesChart.Mark(
        (Double(index) + 0.5) * Double(series.secondsPerSample),
        sample.missing > 0 ? .bad : .warning,
        "second \(second): \(sample.packetsLost) packets lost, \(sample.missing) frames missing, \(sample.late) late"
      )
    }
  }

  // MARK: Heat maps

  var mapSection: String {
    let maps = self.runs.enumerated().compactMap { index, run -> String? in
      let series = run.result.series
      guard series.samples.count > 1 else { return nil }
      let name = self.isComparison ? "<h3>\(Markup.escaped(run.name))</h3>" : ""
      return name + Self.map(series, color: .series(self.isComparison ? index : 0))
    }
    guard !maps.isEmpty else { return "" }
    return """
      <section><h2>How old, when</h2>
      <p>Each cell stands for the frames of one age in a stretch of time, over all players: the darker, the more. The
      lowest row that is dark is how it should be; a cloud above it is trouble, at that time.</p>\(maps.joined())</section>
      """
  }

  private static func map(_ series: LoadSeries, color: ChartColor) -> String {
    let group = (series.samples.count + Self.columnCount - 1) / Self.columnCount
    var columns: [(name: String, cells: [Double])] = []
    for start in stride(from: 0, to: series.samples.count, by: group) {
      let samples = series.samples[start..<min(start + group, series.samples.count)]
      var cells = [Double](repeating: 0, count: LoadSeries.ageCount + 1)
      for sample in samples {
        for (row, count) in sample.ages.enumerated() { cells[row] += Double(count) }
        cells[LoadSeries.ageCount] += Double(sample.missing)
      }
      columns.append(("\(start * series.secondsPerSample) s", cells))
    }
    // Rows that no run of this kind reaches would only take room; a few steps below the first are kept for sight.
    let used = (0...LoadSeries.ageCount).filter { row in columns.contains { $0.cells[row] > 0 } }
    let lowest = max(0, (used.first ?? 0) - 1)
    let highest = max(lowest, used.last { $0 < LoadSeries.ageCount } ?? 0)
    let rows = Array(lowest...highest) + [LoadSeries.ageCount]
    var map = HeatMap(
      "Frames by age over time",
      "A grid of cells, darker where more frames were of that age; the top row counts those that never came.",
      rows: rows.map(Self.rowName),
      columns: columns.map(\.name),
      values: columns.map { column in rows.map { column.cells[$0] } }
    )
    map.color = color
    return map.html
  }

  private static func rowName(_ row: Int) -> String {
    guard row < LoadSeries.ageCount else { return "never" }
    guard let bound = LoadSeries.ageBound(row) else { return "2 s or more" }
    return "< \(DecimalText.fixed(bound, bound < 10 && bound != bound.rounded() ? 1 : 0)) ms"
  }
}
