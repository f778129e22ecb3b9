internal import MediaUnits
internal import NetworkTrials

/// The `step` part.
struct StepReport: Codable {
  struct Row: Codable {
    var sender: String
    /// From a frame's drawing to the step, in ms.
    var phase: Double
    /// What got through before, in Mbit/s.
    var rateBefore: Double
    /// The longest that a datagram would have waited, in ms.
    var longestWait: Double
    /// From the step until the queue was back under one frame, and until it was last above, in ms.
    var firstBelow: Double?
    var lastAbove: Double
    var ageP99: Double
  }

  /// One round trip and three frames.
  static let mostTime = 20 + 3000.0 / 60

  var rows: [Row] = []

  static func measure(_ senders: [PictureSender], _ options: RunOptions, _ pool: Pool) async -> StepReport {
    let runs = senders.filter { $0 != .reedSolomon }.flatMap { sender in
      StepRun.phases.map { StepRun(sender: sender, seed: options.seed, phase: $0) }
    }
    let outcomes = await pool.map("step", runs) { $0.run() }
    var report = StepReport()
    for (run, outcome) in zip(runs, outcomes) {
      report.rows.append(
        Row(
          sender: run.sender.rawValue,
          phase: run.phase.inMilliseconds,
          rateBefore: outcome.rateBefore / 1e6,
          longestWait: outcome.longestWait.inMilliseconds,
          firstBelow: outcome.firstBelow?.inMilliseconds,
          lastAbove: outcome.lastAbove.inMilliseconds,
          ageP99: outcome.picture.ages.milliseconds(at: 0.99)
        )
      )
    }
    return report
  }

  var missed: [String] {
    let times = self.rows.filter { $0.sender == PictureSender.martlet.rawValue }.map(\.lastAbove)
    guard let longest = times.max(), longest > Self.mostTime else { return [] }
    return ["step: the queue is above one frame for \(Table.number(longest)) ms, at most 70"]
  }

  var text: String {
    let header = [
      "step", "phase ms", "Mbit/s before", "longest wait ms", "first below ms", "last above ms", "age p99 ms",
    ]
    let rows = self.rows.map { row in
      [
        row.sender, Table.number(row.phase), Table.number(row.rateBefore), Table.number(row.longestWait),
        row.firstBelow.map { Table.number($0) } ?? "never", Table.number(row.lastAbove), Table.number(row.ageP99),
      ]
    }
    return Table.text(header, rows, leading: 1)
  }
}
