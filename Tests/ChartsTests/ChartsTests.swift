import Charts
import Testing

@Suite("Charts")
struct ChartsTests {
  @Test("whatever a name holds, it cannot end the text or the attribute it stands in")
  func escaping() {
    let name = "<script>\"&\u{1}"
    #expect(Markup.escaped(name) == "&lt;script&gt;&quot;&amp;\u{FFFD}")
    let html = TimeSeriesChart(
      name,
      name,
      unit: name,
      series: [.init(name, .bad, [ChartPoint(0, 1), ChartPoint(1, 2)])]
    )
    .html
    #expect(!html.contains("<script>"))
    #expect(html.contains("data-name=\"&lt;script&gt;&quot;&amp;"))
  }

  @Test("a long line keeps its peaks when points are left out")
  func thinning() throws {
    var points = (0..<200_000).map { ChartPoint(Double($0) / 1000, 1) }
    points[123_457].y = 80
    let chart = TimeSeriesChart("t", "d", unit: "ms", series: [.init("a", .series(0), points)])
    let html = chart.html
    #expect(html.utf8.count < 200_000)
    // 80 is the highest value, and so at the very top of a chart that ends at 80.
    #expect(html.contains(",0.0 "))
  }

  @Test("values outside the shown range, and those that are no numbers, are left out")
  func hostileValues() {
    var chart = TimeSeriesChart(
      "t",
      "d",
      unit: "ms",
      series: [
        .init(
          "a",
          .series(-3),
          [ChartPoint(-5, 1), ChartPoint(.nan, 1), ChartPoint(0, .infinity), ChartPoint(1, 1e300), ChartPoint(2, -4)]
        )
      ]
    )
    chart.range = 0...10
    chart.marks = [.init(11, .bad, "late"), .init(.nan, .bad, "never")]
    let html = chart.html
    #expect(!html.contains("nan") && !html.contains("inf"))
    #expect(!html.contains("late") && !html.contains("never"))
  }

  @Test("a stepped line holds its value until the next point")
  func stepped() {
    var chart = TimeSeriesChart(
      "t",
      "d",
      unit: "x",
      series: [.init("a", .series(0), [ChartPoint(0, 0), ChartPoint(1, 4)], isStepped: true)]
    )
    chart.top = 4
    #expect(chart.html.contains("points=\"0.00,220.0 806.00,220.0 806.00,0.0 \""))
  }

  @Test("a distribution ends where the rest never happened")
  func neverHappened() {
    let chart = DistributionChart(
      "t",
      "d",
      unit: "ms",
      form: .cumulative,
      curves: [.init("a", .series(0)) { $0 <= 0.5 ? $0 * 100 : nil }]
    )
    // The last point is at 50 %, the middle of the chart's height.
    #expect(chart.html.contains(",110.0\""))
    #expect(!chart.html.contains(",0.0\""))
  }

  @Test("stacked bars and heat maps show every part and nothing of nothing")
  func stacks() {
    let chart = StackedChart(
      "t",
      "d",
      unit: "ms",
      parts: [.init("one", .stage(0)), .init("two", .stage(1))],
      bars: [.init("first", [3, 0]), .init("second", [0, 0])]
    )
    #expect(chart.rows.contains("one, first: 3.00 ms"))
    #expect(!chart.rows.contains("two, first"))
    #expect(chart.legend.contains("one") && !chart.legend.contains("two"))
    #expect(chart.columns { "\($0) s" }.contains("first: 3.00 ms"))
    let map = HeatMap("t", "d", rows: ["low", "high"], columns: ["0 s"], values: [[2, 0, 9], [7]]).html
    #expect(map.contains("0 s, low: 2.0"))
    #expect(!map.contains("high:"))
  }

  @Test("numbers of any size have digits")
  func numbers() {
    #expect(DecimalText.fixed(-0.0449, 2) == "-0.04")
    #expect(DecimalText.fixed(.nan, 1) == "0.0")
    #expect(DecimalText.fixed(1e300, 0) == "9000000000000000000")
    #expect(DecimalText.grouped(-1_234_567) == "-1,234,567")
  }

  @Test("a page holds what it was given, and nothing from elsewhere")
  func page() {
    let page = ChartPage(title: "a<b", kicker: "k", heading: "h", facts: ["one", "", "two"], body: "<p>x</p>").html
    #expect(page.contains("<title>a&lt;b</title>"))
    #expect(page.contains("one · two"))
    #expect(!page.contains("src=") && !page.contains("@import") && !page.contains("url("))
  }
}
