/// How much of something there was, over time and by height: a grid of cells, the fuller the darker.
public struct HeatMap: Sendable {
  public var title: String
  public var description: String
  /// Names of the rows, the lowest first.
  public var rows: [String]
  /// Names of the columns, from left to right.
  public var columns: [String]
  /// What each cell holds, by column and then by row; a missing one is empty.
  public var values: [[Double]]
  public var color = ChartColor.series(0)
  /// The height of a row.
  public var rowHeight = 20.0

  public init(_ title: String, _ description: String, rows: [String], columns: [String], values: [[Double]]) {
    self.title = title
    self.description = description
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// The chart.
  public var html: String {
    let left = 84.0
    let height = Double(self.rows.count) * self.rowHeight
    let slot = (ChartAxis.width - left) / Double(max(1, self.columns.count))
    let highest = self.values.lazy.joined().max() ?? 0
    var content = ""
    for (index, name) in self.rows.enumerated() {
      let y = height - (Double(index) + 0.5) * self.rowHeight
      content += """
        <text class="tick" x="\(left - 8)" y="\(Markup.point(y))" dy="4" text-anchor="end">\(Markup.escaped(name))</text>
        """
    }
    for (column, cells) in self.values.enumerated().prefix(self.columns.count) {
      for (row, value) in cells.enumerated().prefix(self.rows.count) where value > 0 && highest > 0 {
        // The eye tells small amounts apart better than large ones.
        let share = 0.08 + 0.92 * (value / highest).squareRoot()
        content += """
          <rect class="bar \(self.color.styleClass)" x="\(Markup.point(left + Double(column) * slot))" \
          y="\(Markup.point(height - Double(row + 1) * self.rowHeight))" width="\(Markup.point(max(0.5, slot - 1)))" \
          height="\(Markup.point(self.rowHeight - 1))" opacity="\(DecimalText.fixed(share, 2))"><title>\
          \(Markup.escaped("\(self.columns[column]), \(self.rows[row]): \(DecimalText.fixed(value, value < 10 ? 1 : 0))"))\
          </title></rect>
          """
      }
    }
    content += "<line class=\"grid\" x1=\"\(left)\" x2=\"\(ChartAxis.width)\" y1=\"\(height)\" y2=\"\(height)\"/>"
    let step = max(1, (self.columns.count + 7) / 8)
    for index in stride(from: step - 1, to: self.columns.count, by: step) {
      let x = min(ChartAxis.width - 14, left + (Double(index) + 0.5) * slot)
      content += """
        <text class="tick" x="\(Markup.point(x))" y="\(Markup.point(height + 18))" text-anchor="middle">\
        \(Markup.escaped(self.columns[index]))</text>
        """
    }
    return Markup.chart(self.title, self.description, height: height, content)
  }
}
