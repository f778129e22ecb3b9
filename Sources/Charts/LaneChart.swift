/// When what was the case: a lane for each kind of thing, and a block for each time that it was so.
public struct LaneChart: Sendable {
  public struct Block: Sendable {
    /// Seconds.
    public var range: ClosedRange<Double>
    public var color: ChartColor
    /// What it was, for who points at it.
    public var text: String
    /// The `id` on the page that a click leads to; none if empty.
    public var target: String

    public init(_ range: ClosedRange<Double>, _ color: ChartColor, _ text: String, target: String = "") {
      self.range = range
      self.color = color
      self.text = text
      self.target = target
    }
  }

  public struct Lane: Sendable {
    public var name: String
    public var blocks: [Block]

    public init(_ name: String, _ blocks: [Block]) {
      self.name = name
      self.blocks = blocks
    }
  }

  public var title: String
  public var description: String
  /// The time shown, seconds.
  public var range: ClosedRange<Double>
  public var lanes: [Lane]

  public init(_ title: String, _ description: String, range: ClosedRange<Double>, lanes: [Lane]) {
    self.title = title
    self.description = description
    self.range = range
    self.lanes = lanes
  }

  /// Each lane's name stands above it, so that it stays readable where the page is narrow.
  public var html: String {
    let laneHeight = 40.0
    let height = Double(self.lanes.count) * laneHeight
    let scale = ChartAxis.plotWidth / max(self.range.upperBound - self.range.lowerBound, 1e-9)
    var labels = ""
    var plot = ""
    for (index, lane) in self.lanes.enumerated() {
      let y = Double(index) * laneHeight
      labels += """
        <text class="label" x="\(ChartAxis.left)" y="\(Markup.point(y + 12))">\(Markup.escaped(lane.name))</text>\
        <line class="grid" x1="\(ChartAxis.left)" x2="\(ChartAxis.width)" y1="\(y + 36)" y2="\(y + 36)"/>
        """
      for block in lane.blocks.prefix(TimeSeriesChart.maximumMarkCount) {
        let start = max(block.range.lowerBound, self.range.lowerBound)
        let extent = max(0, min(block.range.upperBound, self.range.upperBound) - start) * scale
        // Short ones stay visible.
        let rect = """
          <rect class="bar \(block.color.styleClass)" x="\(DecimalText.fixed((start - self.range.lowerBound) * scale, 2))" \
          y="\(y + 18)" width="\(Markup.point(max(3, extent)))" height="18">\
          <title>\(Markup.escaped(block.text))</title></rect>
          """
        plot += block.target.isEmpty ? rect : "<a href=\"#\(Markup.escaped(block.target))\">\(rect)</a>"
      }
    }
    let content =
      labels + ChartAxis.bottom(self.range, height: height, unit: "s") + Plot.window(plot, height: height)
    let attributes = Plot.attributes(kind: "time", range: self.range, top: 0, height: height, unit: "")
    return Markup.chart(self.title, self.description, height: height, attributes: attributes, content)
  }
}
