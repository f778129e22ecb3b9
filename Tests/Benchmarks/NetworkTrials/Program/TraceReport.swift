internal import MediaUnits
internal import NetworkTrials

/// The `traces` part.
struct TraceReport: Codable {
  struct Row: Codable {
    var family: Family
    var sender: String
    var traceCount: Int
    var seconds: Double
    var age: Percentiles
    /// From capture to shown, of the frames that were.
    var delay: Percentiles
    /// Percentages of the frames that were due.
    var late: Double
    var missing: Double
    var skipped: Double
    /// Percentages of what the paths offered: media and repair, and pictures alone.
    var use: Double
    var pictures: Double
    /// Percentage of the media.
    var extra: Double
    var freezesPerMinute: Double
    var worstTrace: String
    var worstAgeP99: Double

    var unusable: Double { self.late + self.missing + self.skipped }
  }

  struct Percentiles: Codable {
    var p50: Double
    var p95: Double
    var p99: Double
    var p999: Double

    init(_ histogram: Histogram) {
      self.p50 = histogram.milliseconds(at: 0.5)
      self.p95 = histogram.milliseconds(at: 0.95)
      self.p99 = histogram.milliseconds(at: 0.99)
      self.p999 = histogram.milliseconds(at: 0.999)
    }
  }

  private struct Job: Sendable {
    var file: TraceFile
    var sender: PictureSender
  }

  static let goals: [Family: Double] = [.wifi: 100, .ethernet: 75, .cellular: 70]
  static let (mostUnusable, leastUse) = (2.0, 75.0)

  var rows: [Row] = []
  /// Each trace by itself.
  var single: [Row] = []

  static func measure(
    _ files: [TraceFile],
    _ senders: [PictureSender],
    _ options: RunOptions,
    _ pool: Pool
  ) async -> TraceReport {
    let jobs = files.flatMap { file in senders.map { Job(file: file, sender: $0) } }
      .sorted { $0.file.duration(options) > $1.file.duration(options) }
    let outcomes = await pool.map("traces", jobs) { job in
      TraceRun(sender: job.sender, path: job.file.path, duration: job.file.duration(options), seed: options.seed).run()
    }
    var report = TraceReport()
    for family in Family.allCases {
      for sender in senders {
        let runs = zip(jobs, outcomes).filter { $0.0.file.family == family && $0.0.sender == sender }
          .map { (name: $0.0.file.name, outcome: $0.1) }
        guard !runs.isEmpty else { continue }
        report.rows.append(Self.row(family, sender, runs))
        report.single += runs.sorted { $0.name < $1.name }.map { Self.row(family, sender, [$0]) }
      }
    }
    return report
  }

  private static func row(
    _ family: Family,
    _ sender: PictureSender,
    _ runs: [(name: String, outcome: TraceOutcome)]
  ) -> Row {
    var sum = TraceOutcome()
    for run in runs { sum.add(run.outcome) }
    func age(_ run: (name: String, outcome: TraceOutcome)) -> Double {
      run.outcome.picture.ages.milliseconds(at: 0.99)
    }
    let worst = runs.max { age($0) < age($1) }
    return Row(
      family: family,
      sender: sender.rawValue,
      traceCount: runs.count,
      seconds: sum.picture.duration.inSeconds,
      age: Percentiles(sum.picture.ages),
      delay: Percentiles(sum.picture.delays),
      late: sum.picture.late,
      missing: sum.picture.missing,
      skipped: sum.picture.skipped,
      use: sum.traffic.use,
      pictures: sum.traffic.pictures,
      extra: sum.traffic.extra,
      freezesPerMinute: sum.picture.freezesPerMinute,
      worstTrace: worst?.name ?? "",
      worstAgeP99: worst.map(age) ?? 0
    )
  }

  var missed: [String] {
    self.rows.filter { $0.sender == PictureSender.martlet.rawValue }.flatMap { row in
      let goal = Self.goals[row.family] ?? 0
      var missed: [String] = []
      if row.age.p99 > goal {
        missed.append("\(row.family.rawValue): p99 age \(Table.number(row.age.p99)) ms, at most \(Int(goal))")
      }
      if row.unusable > Self.mostUnusable {
        missed.append("\(row.family.rawValue): \(Table.number(row.unusable, 2)) % late, missing or skipped, at most 2")
      }
      if row.use < Self.leastUse {
        missed.append("\(row.family.rawValue): \(Table.number(row.use)) % of the path used, at least 75")
      }
      return missed
    }
  }

  var text: String {
    let header = [
      "traces", "sender", "age p50", "p95", "p99", "p99.9 ms", "late", "missing", "skipped", "sum %", "use %",
      "pictures %",
      "extra %", "freezes/min", "worst trace", "its p99",
    ]
    // One trace by itself says nothing of its family that its own line does not.
    let lines = self.rows.count == self.single.count ? self.rows : self.rows + self.single
    let rows = lines.map { row in
      [
        row.traceCount == 1 ? row.worstTrace : "\(row.family.rawValue) (\(row.traceCount))", row.sender,
        Table.number(row.age.p50), Table.number(row.age.p95), Table.number(row.age.p99), Table.number(row.age.p999),
        Table.number(row.late, 2), Table.number(row.missing, 2), Table.number(row.skipped, 2),
        Table.number(row.unusable, 2), Table.number(row.use), Table.number(row.pictures), Table.number(row.extra),
        Table.number(row.freezesPerMinute, 2), row.worstTrace, Table.number(row.worstAgeP99),
      ]
    }
    return Table.text(header, rows, leading: 2)
  }
}
