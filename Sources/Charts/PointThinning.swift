/// Leaves out points that nobody could see.
enum PointThinning {
  /// For each of `columnCount` columns the first, the lowest, the highest and the last point, in their order: the line
  /// looks the same, and every peak stays.
  ///
  /// - Source: Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014.
  static func thinned(_ points: [ChartPoint], columnCount: Int) -> [ChartPoint] {
    guard points.count > 4 * columnCount, let first = points.first, let last = points.last, last.x > first.x else {
      return points
    }
    var result: [ChartPoint] = []
    let width = (last.x - first.x) / Double(columnCount)
    var start = 0
    while start < points.count {
      let column = ((points[start].x - first.x) / width).rounded(.down)
      var end = start
      var low = start
      var high = start
      while end < points.count, ((points[end].x - first.x) / width).rounded(.down) <= column {
        if points[end].y < points[low].y { low = end }
        if points[end].y > points[high].y { high = end }
        end += 1
      }
      // A time that goes back starts a column of its own.
      end = max(end, start + 1)
      var previous = -1
      for index in [start, low, high, end - 1].sorted() where index != previous {
        result.append(points[index])
        previous = index
      }
      start = end
    }
    return result
  }
}

/// A point in the units of its chart.
public struct ChartPoint: Hashable, Sendable {
  public var x: Double
  public var y: Double

  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}
