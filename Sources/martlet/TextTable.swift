/// Rows in aligned columns, for a terminal.
struct TextTable {
  private let titles: [String]
  /// Columns of numbers, which stand to the right.
  private let numeric: Set<Int>
  private var rows: [[String]] = []

  /// - Parameter titles: one that begins with `>` is of a column of numbers.
  init(_ titles: [String]) {
    self.titles = titles.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
    self.numeric = Set(titles.indices.filter { titles[$0].hasPrefix(">") })
  }

  mutating func add(_ row: [String]) {
    self.rows.append(row)
  }

  /// Without a line break at the end.
  var text: String {
    let widths = self.titles.indices.map { column in
      ([self.titles] + self.rows).map { $0[column].count }.max() ?? 0
    }
    return ([self.titles] + self.rows).map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return self.numeric.contains(column) ? space + row[column] : row[column] + space
      }
      let line = cells.joined(separator: "  ")
      return String(line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex)])
    }.joined(separator: "\n")
  }

  /// Microseconds as milliseconds; a dash for what is not known.
  static func milliseconds(_ microseconds: Int?) -> String {
    guard let microseconds else { return "–" }
    return "\(microseconds / 1000).\(microseconds % 1000 / 100)"
  }
}
