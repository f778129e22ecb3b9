internal import Charts
internal import SessionReport

/// One run's results, or several beside each other, as one HTML file that needs nothing else: for a browser, light or
/// dark, or for paper.
public struct LoadReport: Sendable {
  /// A result and what it is called beside others.
  public struct Run: Sendable {
    public var name: String
    public var result: LoadResult

    public init(name: String, result: LoadResult) {
      self.name = name
      self.result = result
    }
  }

  /// More cannot be told apart by colour.
  public static let maximumRunCount = 8

  let runs: [Run]

  /// - Parameter runs: 1 ... ``maximumRunCount``.
  public init(_ runs: [Run]) {
    precondition((1...Self.maximumRunCount).contains(runs.count), "a report is about 1 to 8 runs")
    self.runs = runs
  }

  var isComparison: Bool { self.runs.count > 1 }

  /// The whole document.
  public var html: String {
    let heading =
      self.isComparison
      ? self.runs.map(\.name).joined(separator: " against ")
      : "\(self.runs[0].result.players) \(self.runs[0].result.players == 1 ? "player" : "players") on "
        + self.runs[0].result.hosts.prefix(3).joined(separator: ", ")
    var page = ChartPage(
      title: "\(heading) – Martlet load test",
      kicker: self.isComparison ? "Martlet load tests compared" : "Martlet load test",
      heading: heading,
      facts: self.isComparison ? [] : Self.facts(self.runs[0].result),
      body: [
        self.machineNotes, self.isComparison ? self.comparisonTable : Self.cards(self.runs[0].result),
        self.failureSection, self.delaySection, self.stageSection, self.courseSection, self.mapSection,
        self.numberSection,
      ].joined(separator: "\n")
    )
    page.style = Self.style
    return page.html
  }

  private static let style = """
    .note{background:var(--card);border:1px solid var(--rule);border-left:6px solid var(--ok);border-radius:8px;\
    padding:12px 16px;margin-top:20px}
    .note p{margin:0}.note.bad{border-left-color:var(--bad)}
    td.better{color:var(--good)}td.worse{color:var(--bad)}
    h3 .key{margin-right:6px}
    """

  private static let decodings = [
    "none": ", not decoded", "sample": ", decoded by one player in ten", "full": ", decoded by all players",
  ]

  static func facts(_ result: LoadResult) -> [String] {
    var facts = result.streams.prefix(3).map { stream in
      "\(stream.width) × \(stream.height) at \(stream.frameRate) Hz, up to "
        + "\(DecimalText.fixed(Double(stream.bitsPerSecond) / 1e6, 1)) Mbit/s"
        + (stream.link.isEmpty ? "" : ", through \(stream.link)")
        + Self.decodings[stream.decoding, default: ""]
    }
    facts.append("\(DecimalText.fixed(result.seconds, 0)) seconds")
    return facts
  }

  // MARK: Whether to believe it

  private var machineNotes: String {
    self.runs.map { run in
      let (result, name) = (run.result, self.isComparison ? "\(run.name): " : "")
      let busiest = DecimalText.fixed(100 * (result.machines.map(\.threadBusyShare).max() ?? 0), 0)
      guard result.isLimitedByMachine else { return "" }
      let queue = DecimalText.milliseconds(result.latencies["receive-queue"]?.histogram.percentile(99))
      let timer = DecimalText.milliseconds(result.latencies["timer-lateness"]?.histogram.percentile(99))
      return """
        <div class="note bad"><p><strong>\(Markup.escaped(name))The measuring machine is what limits.</strong> One in a
        hundred timers was more than \(timer) ms late, one in a hundred datagrams waited more than \(queue) ms to be
        looked at, and the measuring thread was busy for \(busiest) % of the time\(Self.skipped(result)). Use fewer players or a faster machine
        before you blame the host or the network.</p></div>
        """
    }.joined()
  }

  private static func skipped(_ result: LoadResult) -> String {
    guard let count = result.decoded?.skipped, count > 0 else { return "" }
    return "; \(DecimalText.grouped(count)) frames were left out, because decoders were behind"
  }

  private var failureSection: String {
    let lists = self.runs.filter { !$0.result.failures.isEmpty }.map { run -> String in
      let items = run.result.failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(20).map {
        "<li>\(DecimalText.grouped($0.value)) × \(Markup.escaped(String($0.key.prefix(300))))</li>"
      }
      return "\(self.isComparison ? "<h3>\(Markup.escaped(run.name))</h3>" : "")<ul>\(items.joined())</ul>"
    }
    guard !lists.isEmpty else { return "" }
    return """
      <section><h2>Sessions that did not last</h2><p>These ended before the run did, or never began.</p>\
      \(lists.joined())</section>
      """
  }

  // MARK: Headline numbers

  private static func cards(_ result: LoadResult) -> String {
    let age = result.latencies["capture-to-complete"]
    let first = result.latencies["request-to-first-frame"]
    var cards = [
      ChartPage.card(
        "Players",
        "\(result.playersWithPicture)",
        "of \(result.players)",
        "saw a picture. " + Self.sentence(first, "The first came after")
      ),
      ChartPage.card(
        "Frame age",
        Self.headline(age),
        "ms",
        "Half of all frames were whole so soon after the game drew them. " + Self.limit(age)
      ),
      ChartPage.card(
        "Late",
        DecimalText.fixed(result.latePercent ?? 0, 2),
        "%",
        "\(DecimalText.grouped(result.framesLate)) of \(DecimalText.grouped(result.frames + result.framesMissing)) frames, "
          + "or the next in their place, came later than 100 ms. "
          + "\(DecimalText.grouped(result.framesMissing)) never came (\(DecimalText.fixed(result.missingPercent ?? 0, 2)) %)."
      ),
      ChartPage.card(
        "Freezes",
        DecimalText.fixed(result.freezesPerMinute ?? 0, 2),
        "per minute",
        "\(DecimalText.grouped(result.freezes)) in all; the picture stood still for "
          + "\(DecimalText.fixed(result.frozenPercent ?? 0, 2)) % of the time."
      ),
    ]
    if let input = result.latencies["input-to-frame"], input.count + input.missing > 0 {
      cards.append(
        ChartPage.card(
          "Input to frame",
          Self.headline(input),
          "ms",
          "From an input to the first frame that was drawn after it. " + Self.limit(input)
        )
      )
    }
    if let shown = result.latencies["capture-to-decoded"], shown.count > 0 {
      cards.append(
        ChartPage.card("Picture age", Self.headline(shown), "ms", "When it had been decoded. " + Self.limit(shown))
      )
    }
    if let opinion = result.opinion {
      cards.append(
        ChartPage.card(
          "Opinion",
          DecimalText.fixed(opinion.score, 2),
          "of 4.64",
          "What people would say, by ITU-T G.1072 for a fast game. "
            + (opinion.isValid ? "" : "Outside of where the model holds: \(Opinion.validity).")
        )
      )
    }
    return ChartPage.cards(cards)
  }

  static func headline(_ latency: LoadResult.Latency?) -> String {
    guard let latency, latency.count + latency.missing > 0 else { return "–" }
    return latency.percentile(50).map { DecimalText.fixed($0, $0 < 100 ? 1 : 0) } ?? "never"
  }

  private static func sentence(_ latency: LoadResult.Latency?, _ start: String) -> String {
    guard let latency, latency.count > 0 else { return "" }
    let text = latency.percentile(50).map { "\(DecimalText.fixed($0, 0)) ms for half of them" } ?? "never, for most"
    return "\(start) \(text), \(DecimalText.fixed(latency.max, 0)) ms for the last."
  }

  private static func limit(_ latency: LoadResult.Latency?) -> String {
    guard let latency, latency.count + latency.missing > 0 else { return "None was measured." }
    return latency.percentile(99).map { "99 % took at most \(DecimalText.fixed($0, 1)) ms." }
      ?? "More than 1 % never came."
  }
}
