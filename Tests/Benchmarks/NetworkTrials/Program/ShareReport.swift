internal import MediaUnits
internal import NetworkTrials

/// The `share` part.
struct ShareReport: Codable {
  struct Row: Codable {
    /// In products of rate and round-trip time.
    var buffer: Double
    var first: String
    var second: String
    /// What each got of what would be fair.
    var firstShare: Double
    var secondShare: Double
    /// From capture to shown, 99 % of the frames that were, in ms, and the newest one's age.
    var firstDelayP99: Double
    var secondDelayP99: Double?
    var firstAgeP99: Double
    /// Percentage of the first one's frames: late, missing or skipped.
    var firstUnusable: Double
  }

  static let leastShare = 0.25

  var rows: [Row] = []

  static func measure(_ senders: [PictureSender], _ options: RunOptions, _ pool: Pool) async -> ShareReport {
    let adaptive = senders.filter { $0 != .reedSolomon }
    let runs = adaptive.flatMap { sender in
      [ShareRun.Second.picture(sender), .cubic].flatMap { second in
        [1.0, 2, 4].map { ShareRun(first: sender, second: second, buffer: $0, seed: options.seed) }
      }
    }
    let outcomes = await pool.map("share", runs) { $0.run() }
    var report = ShareReport()
    for (run, outcome) in zip(runs, outcomes) {
      let second =
        switch run.second {
        case .cubic: "cubic"
        case .picture(let sender): sender.rawValue
        }
      report.rows.append(
        Row(
          buffer: run.buffer,
          first: run.first.rawValue,
          second: second,
          firstShare: outcome.shares[0],
          secondShare: outcome.shares[1],
          firstDelayP99: outcome.pictures[0].delays.milliseconds(at: 0.99),
          secondDelayP99: outcome.pictures.count > 1 ? outcome.pictures[1].delays.milliseconds(at: 0.99) : nil,
          firstAgeP99: outcome.pictures[0].ages.milliseconds(at: 0.99),
          firstUnusable: outcome.pictures[0].unusable
        )
      )
    }
    return report
  }

  var missed: [String] {
    self.rows.filter {
      $0.first == PictureSender.martlet.rawValue && min($0.firstShare, $0.secondShare) < Self.leastShare
    }
    .map { row in
      let shares = "\(Table.number(row.firstShare * 100, 0)) and \(Table.number(row.secondShare * 100, 0)) %"
      return "share, \(row.first) beside \(row.second), \(Int(row.buffer)) × BDP: \(shares), at least 25 each"
    }
  }

  var text: String {
    let header = [
      "share", "beside", "buffer", "share %", "other's %", "delay p99 ms", "other's ms", "age p99 ms", "unusable %",
    ]
    let rows = self.rows.map { row in
      [
        row.first, row.second, "\(Int(row.buffer)) BDP", Table.number(row.firstShare * 100),
        Table.number(row.secondShare * 100), Table.number(row.firstDelayP99),
        row.secondDelayP99.map { Table.number($0) } ?? "-", Table.number(row.firstAgeP99),
        Table.number(row.firstUnusable, 2),
      ]
    }
    return Table.text(header, rows, leading: 2)
  }
}
