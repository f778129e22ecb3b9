internal import Charts

extension HTMLReport {
  static func freezeSection(_ summary: SessionSummary) -> String {
    let stutter = summary.stutter
    guard !stutter.freezes.isEmpty else {
      return """
        <section><h2>Did it stutter?</h2><p>The picture never froze. \(Self.stutterSentence(stutter))</p></section>
        """
    }
    func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e9 }
    let causes = Freeze.Cause.allCases.filter { stutter.counts[$0.rawValue] > 0 }
    let end = stutter.freezes.map { $0.startNanoseconds + $0.nanoseconds }.max() ?? 0
    let chart = LaneChart(
      "Freezes over time",
      "A lane for each cause, a block for each freeze.",
      range: 0...max(seconds(summary.durationNanoseconds), seconds(end), 1),
      lanes: causes.map { cause in
        LaneChart.Lane(
          "\(cause.name.capitalizedFirst): \(stutter.counts[cause.rawValue])",
          stutter.freezes.filter { $0.cause == cause }.map { freeze in
            let start = seconds(freeze.startNanoseconds)
            let text = "\(Decimal.fixed(Double(freeze.nanoseconds) / 1e6, 0)) ms: \(freeze.evidence)"
            return LaneChart.Block(start...(start + seconds(freeze.nanoseconds)), .bad, text)
          }
        )
      }
    ).html
    let rows = stutter.freezes.prefix(40).map { freeze in
      """
      <tr><th scope="row">\(Decimal.fixed(seconds(freeze.startNanoseconds), 2)) s</th>\
      <td>\(Decimal.fixed(Double(freeze.nanoseconds) / 1e6, 0)) ms</td>\
      <td class="prose"><strong>\(freeze.cause.name.capitalizedFirst)</strong><br>\(Markup.escaped(freeze.evidence))</td></tr>
      """
    }.joined()
    return """
      <section><h2>Why did it stutter?</h2>
      <p>The picture froze \(stutter.freezeCount) \(stutter.freezeCount == 1 ? "time" : "times"), for
      \(Decimal.fixed(seconds(stutter.frozenNanoseconds), 1)) s together. \(Self.stutterSentence(stutter))</p>
      \(chart)
      <div class="scroll"><table><thead><tr><th scope="col">At</th><th scope="col">Frozen for</th>\
      <th scope="col" class="prose">Why</th></tr></thead><tbody>\(rows)</tbody></table></div></section>
      """
  }

  private static func stutterSentence(_ stutter: StutterAnalysis) -> String {
    let count = stutter.stutterCount
    return count == 0 ? "" : "\(Decimal.grouped(count)) \(count == 1 ? "picture was" : "pictures were") a little late."
  }
}
