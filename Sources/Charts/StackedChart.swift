/// What several wholes are made of: bars of segments, lying below one another or standing side by side.
public struct StackedChart: Sendable {
  /// A part that each bar may have.
  public struct Part: Hashable, Sendable {
    public var name: String
    public var color: ChartColor

    public init(_ name: String, _ color: ChartColor) {
      self.name = name
      self.color = color
    }
  }

  /// One whole.
  public struct Bar: Sendable {
    public var name: String
    /// One for each part, in the chart's unit; 0 for what it lacks.
    public var values: [Double]

    public init(_ name: String, _ values: [Double]) {
      self.name = name
      self.values = values
    }

    var total: Double { self.values.reduce(0) { $0 + max(0, $1) } }
  }

  public var title: String
  public var description: String
  public var unit: String
  public var parts: [Part]
  public var bars: [Bar]

  public init(_ title: String, _ description: String, unit: String, parts: [Part], bars: [Bar]) {
    self.title = title
    self.description = description
    self.unit = unit
    self.parts = parts
    self.bars = bars
  }

  /// Bars below one another, each with its name at the left and its whole at the right: for a few.
  public var rows: String {
    let left = 150.0
    let scale = (ChartAxis.width - left - 96) / max(self.bars.map(\.total).max() ?? 0, 1e-9)
    var content = ""
    for (index, bar) in self.bars.enumerated() {
      let y = Double(index) * 46
      var x = left
      content += """
        <text class="label" x="\(left - 10)" y="\(y + 22)" text-anchor="end">\(Markup.escaped(bar.name))</text>
        """
      for (part, value) in zip(self.parts, bar.values) where value > 0 {
        let extent = value * scale
        content += """
          <rect class="bar \(part.color.styleClass)" x="\(Markup.point(x))" y="\(y)" \
          width="\(Markup.point(max(0.5, extent - 1)))" height="34" rx="2">\
          <title>\(Markup.escaped("\(part.name), \(bar.name): \(self.text(value))"))</title></rect>
          """
        x += extent
      }
      content += """
        <text class="label strong" x="\(Markup.point(x + 8))" y="\(y + 22)">\(Markup.escaped(self.text(bar.total)))</text>
        """
    }
    return Markup.chart(self.title, self.description, height: Double(self.bars.count) * 46 - 16, content)
  }

  /// Bars side by side over a grid: for many, such as seconds.
  ///
  /// - Parameters:
  ///   - height: of the plot.
  ///   - label: what stands below the bar of this number; only some of them have room.
  public func columns(height: Double = 220, label: (Int) -> String) -> String {
    let top = ChartAxis.niceCeiling(self.bars.map(\.total).max() ?? 0)
    let slot = ChartAxis.plotWidth / Double(max(1, self.bars.count))
    // Gaps between bars only where bars are wide enough to spare them.
    let gap = slot > 5 ? 1.0 : 0
    var content = ChartAxis.grid(top: top, height: height, unit: self.unit)
    for (index, bar) in self.bars.enumerated() {
      var y = height
      var rects = ""
      for (part, value) in zip(self.parts, bar.values) where value > 0 {
        let extent = value / top * height
        y -= extent
        rects += """
          <rect class="bar \(part.color.styleClass)" x="\(Markup.point(ChartAxis.left + Double(index) * slot))" \
          y="\(Markup.point(y))" width="\(Markup.point(max(0.3, slot - gap)))" height="\(Markup.point(extent))"/>
          """
      }
      content += "<g><title>\(Markup.escaped("\(bar.name): \(self.text(bar.total))"))</title>\(rects)</g>"
    }
    let step = max(1, (self.bars.count + 7) / 8)
    for index in stride(from: step - 1, to: self.bars.count, by: step) {
      let x = min(ChartAxis.width - 14, ChartAxis.left + (Double(index) + 0.5) * slot)
      content += """
        <text class="tick" x="\(Markup.point(x))" y="\(Markup.point(height + 18))" text-anchor="middle">\
        \(Markup.escaped(label(index)))</text>
        """
    }
    return Markup.chart(self.title, self.description, height: height, content)
  }

  /// Names and colours of the parts that any bar has.
  public var legend: String {
    let shown = self.parts.indices.filter { index in
      self.bars.contains { $0.values.indices.contains(index) && $0.values[index] > 0 }
    }
    return Markup.legend(shown.map { (self.parts[$0].name, self.parts[$0].color, false) })
  }

  private func text(_ value: Double) -> String {
    "\(DecimalText.fixed(value, value < 10 ? 2 : value < 1000 ? 1 : 0)) \(self.unit)"
  }
}
