/// How often a value was how high: a line for each thing compared.
public struct DistributionChart: Sendable {
  /// What lies along the bottom.
  public enum Form: Hashable, Sendable {
    /// The value; the line climbs to 100 %. It shows what most are like.
    case cumulative
    /// The percentile, where each step to the right is ten times rarer: 90 %, 99 % and 99.9 % lie equally far apart. It
    /// shows what the worst are like.
    case rarity
  }

  /// One line.
  public struct Curve: Sendable {
    public var name: String
    public var color: ChartColor
    /// The value that `fraction` of all stayed at or below: `nil` if it is among what never happened.
    public var value: @Sendable (_ fraction: Double) -> Double?

    public init(_ name: String, _ color: ChartColor, value: @escaping @Sendable (_ fraction: Double) -> Double?) {
      self.name = name
      self.color = color
      self.value = value
    }
  }

  private static let decades = 4.0

  public var title: String
  public var description: String
  public var unit: String
  public var form: Form
  public var height = 220.0
  public var curves: [Curve]

  public init(_ title: String, _ description: String, unit: String, form: Form, curves: [Curve]) {
    self.title = title
    self.description = description
    self.unit = unit
    self.form = form
    self.curves = curves
  }

  /// Chart and legend.
  public var html: String {
    let lines = self.curves.map { (curve: $0, points: self.points($0)) }
    let highest = lines.lazy.flatMap(\.points).map { self.form == .rarity ? $0.y : $0.x }.max() ?? 0
    let top = self.form == .rarity ? ChartAxis.niceCeiling(highest) : 100
    let range = 0...(self.form == .rarity ? Self.decades : ChartAxis.niceCeiling(highest))
    let scale = ChartAxis.plotWidth / range.upperBound
    let plot = lines.filter { !$0.points.isEmpty }.map { line in
      let points = line.points.map { point in
        "\(DecimalText.fixed(point.x * scale, 2)),\(Markup.point(self.height - point.y / top * self.height))"
      }
      return """
        <polyline class="line \(line.curve.color.styleClass)" data-name="\(Markup.escaped(line.curve.name))" \
        points="\(points.joined(separator: " "))"/>
        """
    }.joined()
    let content =
      ChartAxis.grid(top: top, height: self.height, unit: self.form == .rarity ? self.unit : "%")
      + (self.form == .rarity
        ? self.rarityAxis : ChartAxis.bottom(range, height: self.height, unit: self.unit))
      + Plot.window(plot, height: self.height)
    let attributes = Plot.attributes(
      kind: self.form == .rarity ? "rarity" : "cumulative",
      range: range,
      top: top,
      height: self.height,
      unit: self.unit
    )
    return Markup.chart(self.title, self.description, height: self.height, attributes: attributes, content)
      + Markup.legend(self.curves.map { ($0.name, $0.color, true) })
  }

  private func points(_ curve: Curve) -> [ChartPoint] {
    var points: [ChartPoint] = []
    switch self.form {
    case .rarity:
      var rarity = 1.0
      for step in 0...160 {
        guard let value = curve.value(1 - rarity) else { break }
        points.append(ChartPoint(Double(step) / 40, max(0, value)))
        rarity *= 0.944060876285923  // 10 ^ (-1 / 40)
      }
    case .cumulative:
      for step in 0...400 {
        guard let value = curve.value(Double(step) / 400) else { break }
        points.append(ChartPoint(max(0, value), Double(step) / 4))
      }
    }
    return points
  }

  private var rarityAxis: String {
    let ticks = [(0.0, "0 %"), (0.301, "50 %"), (1, "90 %"), (2, "99 %"), (3, "99.9 %"), (4, "99.99 %")]
    return ticks.map { decade, label -> String in
      let x = Markup.point(ChartAxis.left + decade / Self.decades * ChartAxis.plotWidth)
      return """
        <line class="grid" x1="\(x)" x2="\(x)" y1="0" y2="\(self.height)"/>\
        <text class="tick" x="\(x)" y="\(self.height + 18)" text-anchor="\(decade == 4 ? "end" : "middle")">\(label)</text>
        """
    }.joined()
  }
}
