import IndexAPI

/// The last five minutes, second by second, and what they say now.
struct NetworkHistory: Sendable {
  /// Seconds that are kept.
  static let capacity = 300

  private struct Second: Sendable {
    var matches: Int
    var refusals: Int
    var sessions: Int
    var waiting: Int
    var firstFrameP50: Int?
    var firstFrameP95: Int?
  }

  private var seconds: [Second] = []
  private var matchCount = 0
  private var refusalCount = 0
  private var frameCount = 0
  private var end: Int64 = 0
  private(set) var latest = NetworkFigures()

  init() {}

  /// Ends a second.
  ///
  /// - Parameter unix: seconds since 1970. Seconds that were slept through count as the last one.
  mutating func record(_ figures: NetworkFigures, unix: Int64) {
    let refusals = figures.refusals.values.reduce(0, +)
    let frames = figures.timeToFirstFrame.recent.suffix(max(0, figures.timeToFirstFrame.count - self.frameCount))
    self.seconds.append(
      Second(
        matches: max(0, figures.matches - self.matchCount),
        refusals: max(0, refusals - self.refusalCount),
        sessions: figures.sessions,
        waiting: figures.queueLength,
        firstFrameP50: Self.percentile(0.5, ofSorted: frames.sorted()),
        firstFrameP95: Self.percentile(0.95, ofSorted: frames.sorted())
      )
    )
    if self.seconds.count > Self.capacity { self.seconds.removeFirst() }
    (self.matchCount, self.refusalCount, self.end) = (figures.matches, refusals, unix)
    self.frameCount = figures.timeToFirstFrame.count
    self.latest = figures
  }

  /// What anyone may know.
  ///
  /// - Parameters:
  ///   - milliseconds: the time, since 1970.
  ///   - queueLimit: how many players may wait.
  func status(milliseconds: Int64, version: String, queueLimit: Int, withPlaces: Bool) -> NetworkStatus {
    let figures = self.latest
    var series = NetworkStatus.Series(end: self.end)
    series.matches = self.seconds.map(\.matches)
    series.refusals = self.seconds.map(\.refusals)
    series.sessions = self.seconds.map(\.sessions)
    series.waiting = self.seconds.map(\.waiting)
    series.firstFrameP50Microseconds = self.seconds.map(\.firstFrameP50)
    series.firstFrameP95Microseconds = self.seconds.map(\.firstFrameP95)
    return NetworkStatus(
      time: milliseconds,
      version: version,
      durability: figures.durability,
      uptimeSeconds: Int(figures.uptime.components.seconds),
      indexers: max(1, figures.indexers.count { $0.isAlive }),
      hosts: NetworkStatus.Hosts(
        standby: figures.hosts[.standby, default: 0],
        draining: figures.hosts[.draining, default: 0],
        silent: figures.hosts[.silent, default: 0],
        offline: figures.hosts[.offline, default: 0]
      ),
      seats: NetworkStatus.Seats(
        offered: figures.offeredSeats,
        used: figures.usedSeats,
        free: max(0, figures.offeredSeats - figures.usedSeats)
      ),
      sessions: figures.sessions,
      queue: NetworkStatus.Queue(
        waiting: figures.queueLength,
        limit: queueLimit,
        estimateSeconds: figures.queueEstimate.map { Int($0.components.seconds) }
      ),
      matches: self.matchCount,
      refusals: self.refusalCount,
      matchLatency: Self.percentiles(figures.matchLatency),
      firstFrame: Self.percentiles(figures.timeToFirstFrame),
      series: series,
      places: withPlaces ? PlaceGrid.places(of: figures.hostPoints) : nil,
      unplacedHosts: figures.hostPoints.count { $0.place == nil && $0.state != .offline }
    )
  }

  private static func percentiles(_ distribution: LatencyDistribution) -> NetworkStatus.Percentiles {
    let values = distribution.recent.sorted()
    return NetworkStatus.Percentiles(
      count: values.count,
      p50Microseconds: Self.percentile(0.5, ofSorted: values),
      p95Microseconds: Self.percentile(0.95, ofSorted: values),
      p99Microseconds: Self.percentile(0.99, ofSorted: values)
    )
  }

  /// The smallest value that `fraction` of all do not exceed; `nil` when there is none.
  private static func percentile(_ fraction: Double, ofSorted values: [Int]) -> Int? {
    guard !values.isEmpty else { return nil }
    return values[max(0, Int((fraction * Double(values.count)).rounded(.up)) - 1)]
  }
}

extension NetworkFigures {
  /// Reserved or running.
  var sessions: Int { self.reservedSessions + self.runningSessions }
}
