import IndexAPI

/// Writes Prometheus's text format, one family of metrics after another.
///
/// - Spec: Prometheus, exposition formats, text-based format 0.0.4.
struct MetricsText {
  enum Kind: String {
    case counter, gauge, histogram
  }

  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  /// A family of one value.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, value: some BinaryInteger) {
    self.begin(name, kind, help)
    self.text += "\(name) \(value)\n"
  }

  /// A family with a value for every value of a label.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, by label: String, _ values: [String: Int]) {
    self.begin(name, kind, help)
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      self.text += "\(name){\(label)=\"\(Self.escaped(key, quotes: true))\"} \(value)\n"
    }
  }

  /// Durations in seconds.
  mutating func add(_ name: String, _ help: String, _ distribution: LatencyDistribution) {
    self.begin(name, .histogram, help)
    var total = 0
    for (bound, count) in zip(LatencyDistribution.bounds, distribution.counts) {
      total += count
      self.text += "\(name)_bucket{le=\"\(Double(bound) / 1_000_000)\"} \(total)\n"
    }
    self.text += "\(name)_bucket{le=\"+Inf\"} \(distribution.count)\n"
    self.text += "\(name)_sum \(Double(distribution.sumMicroseconds) / 1_000_000)\n"
    self.text += "\(name)_count \(distribution.count)\n"
  }

  private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    self.text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.append(character)
      }
    }
    return escaped
  }
}

extension MetricsText {
  /// Everything that an indexer measures.
  init(_ figures: NetworkFigures, version: String, queueLimit: Int) {
    let hosts = HostState.allCases.map { ($0.rawValue, figures.hosts[$0, default: 0]) }
    let seats = [
      "offered": figures.offeredSeats, "used": figures.usedSeats,
      "free": max(0, figures.offeredSeats - figures.usedSeats),
    ]
    let sessions = ["reserved": figures.reservedSessions, "running": figures.runningSessions]
    let results = ["offered": figures.matches, "refused": figures.refusals.values.reduce(0, +)]
    let alive = max(1, figures.indexers.count { $0.isAlive })
    self.init()
    self.add("martlet_build_info", .gauge, "1, with the version as a label.", by: "version", [version: 1])
    self.add("martlet_uptime_seconds", .gauge, "Since this indexer started.", value: figures.uptime.components.seconds)
    self.add("martlet_indexers", .gauge, "Indexers alive, this one included.", value: alive)
    self.add("martlet_hosts", .gauge, "Hosts by state.", by: "state", Dictionary(uniqueKeysWithValues: hosts))
    self.add("martlet_seats", .gauge, "Seats of hosts on standby.", by: "kind", seats)
    self.add("martlet_sessions", .gauge, "Sessions by state.", by: "state", sessions)
    self.add("martlet_queue_length", .gauge, "Players who wait for a seat.", value: figures.queueLength)
    self.add("martlet_queue_limit", .gauge, "Players who may wait for a seat.", value: queueLimit)
    self.add("martlet_matches_total", .counter, "Requests for a seat, by result.", by: "result", results)
    self.add("martlet_refusals_total", .counter, "Requests refused, by problem.", by: "reason", figures.refusals)
    self.add("martlet_conflicts_total", .counter, "Reservations that the store refused.", value: figures.conflicts)
    self.add("martlet_heartbeats_total", .counter, "Heartbeats taken.", value: figures.heartbeats)
    self.add(
      "martlet_store_failures_total",
      .counter,
      "Times that the store did not answer.",
      value: figures.storeFailures
    )
    self.add("martlet_change_batches_total", .counter, "Batches of changes read.", value: figures.changesRead)
    self.add("martlet_match_seconds", "From an order to its durable reservation.", figures.matchLatency)
    self.add("martlet_ticket_seconds", "From a player's request to its ticket.", figures.timeToTicket)
    self.add("martlet_first_packet_seconds", "From a request to the first packet.", figures.timeToFirstPacket)
    self.add("martlet_first_frame_seconds", "From a request to the first decoded frame.", figures.timeToFirstFrame)
  }
}
