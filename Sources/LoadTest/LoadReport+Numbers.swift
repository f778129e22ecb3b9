internal import Charts

extension LoadReport {
  /// A figure of every run; `nil` where it was not measured.
  private struct Figure: Sendable {
    let name: String
    let places: Int
    /// Whether less is better; `nil` where neither is.
    let wantsLess: Bool?
    let value: @Sendable (LoadResult) -> Double?
  }

  private static let figures: [Figure] = [
    latency("capture-to-complete", "Frame age", 50), latency("capture-to-complete", "Frame age", 99),
    latency("capture-to-complete", "Frame age", 99.9), latency("capture-to-decoded", "Picture age", 50),
    latency("capture-to-decoded", "Picture age", 99), latency("input-to-frame", "Input to frame", 50),
    latency("input-to-frame", "Input to frame", 99), latency("request-to-first-frame", "First frame", 50),
    latency("round-trip", "Round trip", 50),
    Figure(name: "Late, %", places: 3, wantsLess: true) { $0.latePercent },
    Figure(name: "Missing, %", places: 3, wantsLess: true) { $0.missingPercent },
    Figure(name: "Freezes per minute", places: 3, wantsLess: true) { $0.freezesPerMinute },
    Figure(name: "Frozen, %", places: 3, wantsLess: true) { $0.frozenPercent },
    Figure(name: "Opinion, of 4.64", places: 2, wantsLess: false) { $0.opinion?.score },
    Figure(name: "Frames per second of a player", places: 2, wantsLess: false) { $0.framesPerSecond },
    Figure(name: "Mbit/s of a player", places: 2, wantsLess: nil) { $0.megabitsPerPlayer },
    Figure(name: "Sessions that did not last", places: 0, wantsLess: true) { Double($0.failureCount) },
    Figure(name: "Players", places: 0, wantsLess: nil) { Double($0.players) },
    Figure(name: "Seconds", places: 1, wantsLess: nil) { $0.seconds },
  ]

  private static func latency(_ key: String, _ name: String, _ percent: Double) -> Figure {
    Figure(name: "\(name), p\(DecimalText.fixed(percent, percent == 99.9 ? 1 : 0)), ms", places: 2, wantsLess: true) {
      guard let latency = $0.latencies[key], latency.count + latency.missing > 0 else { return nil }
      return latency.percentile(percent) ?? .infinity
    }
  }

  private static func text(_ value: Double?, _ places: Int) -> String {
    value.map { $0.isFinite ? DecimalText.fixed($0, places) : "never" } ?? "–"
  }

  /// A change against the first run; empty where there is none to speak of.
  private static func change(from first: Double?, to value: Double?) -> String {
    guard let first, let value, first.isFinite, value.isFinite, first != value else { return "" }
    guard first != 0 else { return "+∞ %" }
    let percent = 100 * (value - first) / abs(first)
    guard abs(percent) >= 0.05 else { return "" }
    return "\(percent > 0 ? "+" : "−")\(DecimalText.fixed(abs(percent), abs(percent) < 10 ? 1 : 0)) %"
  }

  private static func shown(_ figure: Figure, _ runs: [Run]) -> [Double?]? {
    let values = runs.map { figure.value($0.result) }
    return values.contains { $0 != nil } ? values : nil
  }

  // MARK: Comparison

  /// The runs' figures, and how much they differ from the first's.
  var comparisonTable: String {
    let rows = Self.figures.compactMap { figure -> String? in
      guard let values = Self.shown(figure, self.runs) else { return nil }
      let cells = values.enumerated().map { index, value -> String in
        let cell = "<td>\(Self.text(value, figure.places))</td>"
        guard index > 0 else { return cell }
        var kind = ""
        if let wantsLess = figure.wantsLess, let first = values[0], let value, value != first {
          kind = (value < first) == wantsLess ? " class=\"better\"" : " class=\"worse\""
        }
        return cell + "<td\(kind)>\(Self.change(from: values[0], to: value))</td>"
      }
      return "<tr><th scope=\"row\">\(figure.name)</th>\(cells.joined())</tr>"
    }
    let heads = self.runs.enumerated().map { index, run in
      let head = "<th scope=\"col\"><i class=\"key c\(index)\"></i>\(Markup.escaped(run.name))</th>"
      return index == 0 ? head : head + "<th scope=\"col\">change</th>"
    }
    let facts = self.runs.map { run in
      "<p class=\"facts\">\(Markup.escaped(run.name)): \(Markup.escaped(Self.facts(run.result).joined(separator: " · ")))</p>"
    }
    return """
      <section><h2>Side by side</h2>\(facts.joined())
      <p>Changes are against \(Markup.escaped(self.runs[0].name)); two runs of the same thing differ a little, too.</p>
      <div class="scroll"><table><thead><tr><th scope="col">Figure</th>\(heads.joined())</tr></thead>\
      <tbody>\(rows.joined())</tbody></table></div></section>
      """
  }

  /// The same, for a terminal.
  public var text: String {
    var rows = [["figure"] + self.runs.map { Self.short($0.name, 20) }]
    for figure in Self.figures {
      guard let values = Self.shown(figure, self.runs) else { continue }
      let cells = values.enumerated().map { index, value -> String in
        let change = index == 0 ? "" : Self.change(from: values[0], to: value)
        return Self.text(value, figure.places) + (change.isEmpty ? "" : " (\(change))")
      }
      rows.append([figure.name] + cells)
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let limited = self.runs.filter(\.result.isLimitedByMachine).map {
      "\($0.name): the measuring machine is what limits; its figures tell of that machine."
    }
    return
      (rows.map { row in
        zip(row, widths).enumerated().map { index, cell in
          let room = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
          return index == 0 ? cell.0 + room : room + cell.0
        }.joined(separator: "  ")
      } + limited).joined(separator: "\n")
  }

  // MARK: All numbers

  var numberSection: String {
    let tables = self.runs.map { run -> String in
      let rows = run.result.latencies.sorted { $0.key < $1.key }.compactMap { name, latency -> String? in
        guard latency.count + latency.missing > 0 else { return nil }
        let cells = [50, 95, 99, 99.9].map { "<td>\(Self.text(latency.percentile($0)))</td>" }.joined()
        return """
          <tr><th scope="row">\(Markup.escaped(name))</th>\(cells)<td>\(Self.text(latency.max))</td>\
          <td>\(DecimalText.grouped(latency.count))</td><td>\(DecimalText.grouped(latency.missing))</td></tr>
          """
      }
      let list = Self.counts(run.result).map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
      return """
        \(self.isComparison ? "<h3>\(Markup.escaped(run.name))</h3>" : "")
        <div class="scroll"><table><thead><tr><th scope="col">Time, ms</th><th scope="col">p50</th>\
        <th scope="col">p95</th><th scope="col">p99</th><th scope="col">p99.9</th><th scope="col">max</th>\
        <th scope="col">count</th><th scope="col">never</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>
        <dl class="counts">\(list.joined())</dl>
        """
    }
    return """
      <section><h2>All numbers</h2>
      <p>“p99” is what 99 of 100 stayed below. “Never” counts what did not happen at all; it is part of every percentile.
      player-mean-age has one value for each player, the mean age of its frames; receive-queue and timer-lateness tell of the machine that measured, all else of the host and the network.</p>
      \(tables.joined())</section>
      """
  }

  private static func counts(_ result: LoadResult) -> [(String, String)] {
    var counts: [(String, Int64)] = [
      ("Players", result.players), ("Players with a picture", result.playersWithPicture),
      ("Sessions that did not last", result.failureCount), ("Sessions resumed", result.resumptions),
      ("Frames", result.frames), ("Frames missing", result.framesMissing),
      ("Frames later than 100 ms", result.framesLate),
      ("Frames later than 200 ms", result.framesStalled),
      ("Frames left out by the host on purpose", result.framesSkipped), ("Freezes", result.freezes),
      ("Bytes received", result.bytesReceived), ("Packets lost", result.packetsLost),
      ("Packets made anew from parity", result.packetsRebuilt),
    ]
    if let decoded = result.decoded {
      counts += [
        ("Pictures decoded", decoded.pictures), ("Pictures missing", decoded.missing),
        ("Freezes of pictures", decoded.freezes), ("Frames that did not decode", decoded.failed),
        ("Frames left out by a decoder that was behind", decoded.skipped),
      ]
    }
    let machines = result.machines.prefix(8).enumerated().map { index, machine in
      (
        "Measuring machine \(index + 1)",
        "\(DecimalText.fixed(machine.processorCores, 2)) cores, thread \(DecimalText.fixed(100 * machine.threadBusyShare, 0)) % busy"
      )
    }
    return counts.map { ($0.0, DecimalText.grouped($0.1)) } + machines
  }
}
