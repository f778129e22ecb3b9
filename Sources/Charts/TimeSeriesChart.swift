/// Lines over time, with marks for what happened at an instant and shades for what took a while.
///
/// In a browser with scripts the values under the pointer stand beside the names, dragging enlarges a part of the time
/// in every chart of the page, and a double click shows all of it again.
public struct TimeSeriesChart: Sendable {
  /// One line. Points go from left to right.
  public struct Series: Sendable {
    public var name: String
    public var color: ChartColor
    /// Seconds, and the chart's unit.
    public var points: [ChartPoint]
    /// Whether a value holds until the next point, as a decision does.
    public var isStepped: Bool
    /// Whether the room below is filled: for something that others are compared with.
    public var isFilled: Bool
    /// A pause of more than so many seconds is not bridged; every one is if `nil`.
    public var longestPause: Double?

    public init(
      _ name: String,
      _ color: ChartColor,
      _ points: [ChartPoint],
      isStepped: Bool = false,
      isFilled: Bool = false,
      longestPause: Double? = nil
    ) {
      self.name = name
      self.color = color
      self.points = points
      self.isStepped = isStepped
      self.isFilled = isFilled
      self.longestPause = longestPause
    }

    /// The points of each part that is drawn without a break.
    func parts(in range: ClosedRange<Double>) -> [[ChartPoint]] {
      let known = self.points.filter { $0.x.isFinite && $0.y.isFinite && range.contains($0.x) }
      guard let longestPause = self.longestPause else { return [known] }
      var parts: [[ChartPoint]] = []
      var start = 0
      for index in known.indices.dropFirst() where known[index].x - known[index - 1].x > longestPause {
        parts.append(Array(known[start..<index]))
        start = index
      }
      return parts + [Array(known[start...])]
    }
  }

  /// Something that happened at an instant: a dot at the bottom.
  public struct Mark: Sendable {
    /// Seconds.
    public var x: Double
    public var color: ChartColor
    /// What it was, for who points at it.
    public var text: String

    public init(_ x: Double, _ color: ChartColor, _ text: String) {
      self.x = x
      self.color = color
      self.text = text
    }
  }

  /// Something that took a while: a shade over the whole height.
  public struct Span: Sendable {
    /// Seconds.
    public var range: ClosedRange<Double>
    public var color: ChartColor
    public var text: String

    public init(_ range: ClosedRange<Double>, _ color: ChartColor, _ text: String) {
      self.range = range
      self.color = color
      self.text = text
    }
  }

  /// A line is drawn with at most four times as many points.
  static let columnCount = 2000
  /// Marks and shades beyond are left out; a chart cannot show more.
  public static let maximumMarkCount = 2000

  public var title: String
  /// What is to be seen, for those who cannot.
  public var description: String
  /// The unit of all values, such as `ms`.
  public var unit: String
  public var height = 220.0
  /// The time shown; charts below one another share it.
  public var range: ClosedRange<Double>?
  /// The highest value shown; by itself, a round number above the highest of all.
  public var top: Double?
  public var series: [Series]
  public var marks: [Mark] = []
  public var spans: [Span] = []

  public init(_ title: String, _ description: String, unit: String, series: [Series]) {
    self.title = title
    self.description = description
    self.unit = unit
    self.series = series
  }

  /// Chart and legend.
  public var html: String {
    let range = self.shownRange
    let highest = self.series.lazy.flatMap(\.points).map(\.y).filter(\.isFinite).max() ?? 0
    let top = ChartAxis.niceCeiling(self.top ?? highest)
    let scale = ChartAxis.plotWidth / max(range.upperBound - range.lowerBound, 1e-9)
    func x(_ value: Double) -> String { DecimalText.fixed((value - range.lowerBound) * scale, 2) }
    func y(_ value: Double) -> String { Markup.point(self.height - min(max(value, 0), top) / top * self.height) }
    var plot = ""
    for span in self.spans.prefix(Self.maximumMarkCount) {
      let start = max(span.range.lowerBound, range.lowerBound)
      let extent = max(0, (min(span.range.upperBound, range.upperBound) - start) * scale)
      plot += """
        <rect class="shade \(span.color.styleClass)" x="\(x(start))" y="0" width="\(Markup.point(max(2, extent)))" \
        height="\(Markup.point(self.height))"><title>\(Markup.escaped(span.text))</title></rect>
        """
    }
    let ordered = self.series.filter(\.isFilled) + self.series.filter { !$0.isFilled }
    for (series, part) in ordered.flatMap({ series in series.parts(in: range).map { (series, $0) } }) {
      let points = PointThinning.thinned(part, columnCount: Self.columnCount)
      guard let first = points.first, let last = points.last else { continue }
      var text = ""
      var previous: ChartPoint?
      for point in points {
        if series.isStepped, let previous { text += "\(x(point.x)),\(y(previous.y)) " }
        text += "\(x(point.x)),\(y(point.y)) "
        previous = point
      }
      if series.isFilled {
        plot += """
          <polygon class="area \(series.color.styleClass)" points="\(x(first.x)),\(y(0)) \(text)\(x(last.x)),\(y(0))"/>
          """
      }
      plot += """
        <polyline class="line \(series.color.styleClass)" data-name="\(Markup.escaped(series.name))" points="\(text)"/>
        """
    }
    for mark in self.marks.prefix(Self.maximumMarkCount) where range.contains(mark.x) {
      plot += """
        <path class="mark \(mark.color.styleClass)" d="M\(x(mark.x)) \(Markup.point(self.height - 5))h0.01">\
        <title>\(Markup.escaped(mark.text))</title></path>
        """
    }
    let content =
      ChartAxis.grid(top: top, height: self.height, unit: self.unit)
      + ChartAxis.bottom(range, height: self.height, unit: "s")
      + Plot.window(plot, height: self.height)
    let attributes = Plot.attributes(kind: "time", range: range, top: top, height: self.height, unit: self.unit)
    return Markup.chart(self.title, self.description, height: self.height, attributes: attributes, content)
      + Markup.legend(self.series.map { ($0.name, $0.color, true) })
  }

  private var shownRange: ClosedRange<Double> {
    if let range = self.range { return range }
    let times = self.series.lazy.flatMap(\.points).map(\.x).filter(\.isFinite)
    let low = times.min() ?? 0
    return low...max(times.max() ?? 1, low + 1e-3)
  }
}

/// The part of a chart that a script can enlarge and read values from.
enum Plot {
  /// `content` in units of its own, cut off at its edges; strokes and dots keep their size however it is stretched.
  static func window(_ content: String, height: Double) -> String {
    """
    <svg class="plot" x="\(ChartAxis.left)" y="-6" width="\(ChartAxis.plotWidth)" height="\(Int(height) + 12)" \
    viewBox="0 -6 \(ChartAxis.plotWidth) \(Int(height) + 12)" preserveAspectRatio="none">\(content)</svg>\
    <line class="cursor" y1="0" y2="\(Int(height))"/>
    """
  }

  /// What a script needs to turn a place into values.
  static func attributes(kind: String, range: ClosedRange<Double>, top: Double, height: Double, unit: String) -> String
  {
    """
     data-kind="\(kind)" data-from="\(range.lowerBound)" data-to="\(range.upperBound)" data-top="\(top)" \
    data-height="\(height)" data-unit="\(Markup.escaped(unit))"
    """
  }
}
