internal import MediaUnits
internal import NetworkTrials

/// The `loss` part.
struct LossReport: Codable {
  struct Row: Codable {
    var family: Family
    var sender: String
    /// Percentages of the frames made: not to be shown within 50 ms, and within 50 ms and the way.
    var broken: Double
    var brokenBeyondWay: Double
    /// Percentage of the frames that were due and not made.
    var skipped: Double
    /// Percentage of the media.
    var extra: Double
    /// Of the pictures, in Mbit/s.
    var rate: Double
    var worstTrace: String
    var worstBroken: Double
  }

  private struct Job: Sendable {
    var file: TraceFile
    var sender: PictureSender
  }

  static let (pathRate, pictureRate) = (Bitrate.megabits(100), Bitrate.megabits(26.5))
  static let (mostBroken, mostExtra) = (0.2, 3.0)

  var rows: [Row] = []

  static func measure(
    _ files: [TraceFile],
    _ senders: [PictureSender],
    _ options: RunOptions,
    _ pool: Pool
  ) async -> LossReport {
    let jobs = files.flatMap { file in senders.map { Job(file: file, sender: $0) } }
      .sorted { $0.file.duration(options) > $1.file.duration(options) }
    let outcomes = await pool.map("loss", jobs) { job in
      TraceRun(
        sender: job.sender,
        path: job.file.path.losses(at: Self.pathRate),
        duration: job.file.duration(options),
        rate: Self.pictureRate,
        limits: RateRange(cap: Self.pictureRate, start: Self.pictureRate),
        seed: options.seed
      ).run()
    }
    var report = LossReport()
    for family in Family.allCases {
      for sender in senders {
        let runs = zip(jobs, outcomes).filter { $0.0.file.family == family && $0.0.sender == sender }
        guard let worst = runs.max(by: { $0.1.picture.brokenBeyondWay < $1.1.picture.brokenBeyondWay }) else {
          continue
        }
        var sum = TraceOutcome()
        for run in runs { sum.add(run.1) }
        report.rows.append(
          Row(
            family: family,
            sender: sender.rawValue,
            broken: sum.picture.broken,
            brokenBeyondWay: sum.picture.brokenBeyondWay,
            skipped: sum.picture.skipped,
            extra: sum.traffic.extra,
            rate: sum.traffic.source * 8 / 1e6 / max(sum.picture.duration.inSeconds, 1e-9),
            worstTrace: worst.0.file.name,
            worstBroken: worst.1.picture.brokenBeyondWay
          )
        )
      }
    }
    return report
  }

  var missed: [String] {
    self.rows.filter { $0.sender == PictureSender.martlet.rawValue }.flatMap { row in
      var missed: [String] = []
      if row.brokenBeyondWay > Self.mostBroken {
        missed.append("loss, \(row.family.rawValue): \(Table.number(row.brokenBeyondWay, 3)) % broken, at most 0.2")
      }
      if row.extra > Self.mostExtra {
        missed.append("loss, \(row.family.rawValue): \(Table.number(row.extra, 2)) % sent on top, at most 3")
      }
      return missed
    }
  }

  var text: String {
    let header = [
      "loss", "sender", "broken %", "+ way %", "skipped %", "extra %", "Mbit/s", "worst trace", "its broken + way %",
    ]
    let rows = self.rows.map { row in
      [
        row.family.rawValue, row.sender, Table.number(row.broken, 3), Table.number(row.brokenBeyondWay, 3),
        Table.number(row.skipped, 2), Table.number(row.extra, 2), Table.number(row.rate), row.worstTrace,
        Table.number(row.worstBroken, 3),
      ]
    }
    return Table.text(header, rows, leading: 2)
  }
}
