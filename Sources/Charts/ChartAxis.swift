/// Round numbers and where they lie.
enum ChartAxis {
  /// A chart's width in its own units; it takes the width of the page.
  static let width = 860.0
  /// What the numbers at the left take of it.
  static let left = 54.0
  static var plotWidth: Double { Self.width - Self.left }

  /// A round number at or above `value` whose quarters are round too.
  static func niceCeiling(_ value: Double) -> Double {
    guard value > 0, value < 1e15 else { return 1 }
    var power = 1.0
    while power < value { power *= 10 }
    while power / 10 >= value { power /= 10 }
    for step in [0.12, 0.2, 0.4, 0.6, 0.8] where step * power >= value { return step * power }
    return power
  }

  /// Horizontal lines with their values, from 0 to `top`. The highest has the unit and stands above its line, where there
  /// is room for both however large the letters are.
  static func grid(top: Double, height: Double, unit: String) -> String {
    (0...4).map { index -> String in
      let y = Markup.point(height - height * Double(index) / 4)
      let value = top * Double(index) / 4
      let label = DecimalText.fixed(value, top < 0.1 ? 4 : top < 1 ? 3 : top < 4 ? 2 : top < 12 ? 1 : 0)
      let line = "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width)\" y1=\"\(y)\" y2=\"\(y)\"/>"
      if index == 4, !unit.isEmpty {
        return "\(line)<text class=\"tick\" x=\"0\" y=\"-5\">\(label) \(Markup.escaped(unit))</text>"
      }
      return
        "\(line)<text class=\"tick\" x=\"\(Self.left - 8)\" y=\"\(y)\" dy=\"4\" text-anchor=\"end\">\(label)</text>"
    }.joined()
  }

  /// The distance of round values, about eight in `range`.
  static func step(for range: ClosedRange<Double>) -> Double {
    let rough = (range.upperBound - range.lowerBound) / 8
    guard rough > 0, rough < 1e15 else { return 1 }
    var power = 1.0
    while power < rough { power *= 10 }
    while power / 10 >= rough { power /= 10 }
    for step in [0.2, 0.5] where step * power >= rough { return step * power }
    return power
  }

  /// Round values below the plot.
  static func bottom(_ range: ClosedRange<Double>, height: Double, unit: String) -> String {
    let step = Self.step(for: range)
    let extent = range.upperBound - range.lowerBound
    guard extent > 0 else { return "" }
    let places = step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0
    var value = (range.lowerBound / step).rounded(.up) * step
    var ticks = ""
    for _ in 0..<20 where value <= range.upperBound + step / 1000 {
      let x = Self.left + (value - range.lowerBound) / extent * Self.plotWidth
      let anchor = x > Self.width - 16 ? "end" : "middle"
      ticks += """
        <text class="tick" x="\(Markup.point(x))" y="\(Markup.point(height + 18))" text-anchor="\(anchor)">\
        \(DecimalText.fixed(value, places)) \(Markup.escaped(unit))</text>
        """
      value += step
    }
    return "<g class=\"axis\">\(ticks)</g>"
  }
}
