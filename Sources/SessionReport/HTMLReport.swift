internal import Charts

/// A session's report as one HTML file that needs nothing else: for a browser, light or dark, or for paper.
public enum HTMLReport {
  /// The whole document.
  public static func render(_ summary: SessionSummary) -> String {
    let title = summary.game.isEmpty ? "Session on \(summary.host)" : "\(summary.game) on \(summary.host)"
    let sections = [
      Self.cards(summary), Self.freezeSection(summary), Self.stageSection(summary), Self.courseSection(summary),
      Self.percentileSection(summary),
      Self.numberSection(summary),
    ]
    return ChartPage(
      title: "\(title) – Martlet session report",
      kicker: "Martlet session report",
      heading: title,
      facts: Self.facts(summary),
      body: sections.joined(separator: "\n")
    ).html
  }

  private static func facts(_ summary: SessionSummary) -> [String] {
    [
      "\(summary.pictureWidth) × \(summary.pictureHeight) at \(summary.frameRate) Hz",
      "\(Decimal.fixed(Double(summary.durationNanoseconds) / 1e9, 1)) seconds",
      "first picture after \(Decimal.fixed(Double(summary.firstPictureNanoseconds) / 1e6, 0)) ms",
      summary.start?.line ?? "",
    ]
  }

  // MARK: Headline numbers

  private static func cards(_ summary: SessionSummary) -> String {
    let lossPercent = Decimal.fixed(100 * summary.packetLossFraction, 2)
    var cards = [
      ChartPage.card(
        "Picture delay",
        Self.headline(summary.drawnToDecoded),
        "ms",
        "Half of all pictures were ready this soon after the game drew them. "
          + Self.limit(summary.drawnToDecoded)
      ),
      ChartPage.card(
        "Input delay",
        Self.headline(summary.inputToDecoded),
        "ms",
        "From a key press to the first picture that shows what it did. " + Self.limit(summary.inputToDecoded)
      ),
      ChartPage.card(
        "Pictures",
        Decimal.fixed(summary.decodedPerSecond, 1),
        "per second",
        "\(Decimal.grouped(summary.framesDecoded)) shown of \(Decimal.grouped(summary.framesCaptured)) that the host "
          + "captured; \(Decimal.grouped(summary.framesLost)) lost."
      ),
      ChartPage.card(
        "Network",
        Decimal.fixed(summary.bitsPerSecond / 1e6, 1),
        "Mbit/s",
        "\(lossPercent) % of packets lost on the way, \(Decimal.grouped(summary.packetsRetransmitted)) sent again. "
          + "Round trip \(Self.headline(summary.roundTrip)) ms."
      ),
    ]
    if let start = summary.start {
      cards.insert(
        ChartPage.card(
          "Instant on",
          Decimal.fixed(Double(start.firstFrameNanoseconds) / 1e6, 0),
          "ms",
          "From asking for the game to its first picture, \(start.stageWord ?? "unknown") stage. Ticket after "
            + "\(Decimal.fixed(Double(start.ticketNanoseconds) / 1e6, 1)) ms, first packet after "
            + "\(Decimal.fixed(Double(start.firstPacketNanoseconds) / 1e6, 1)) ms."
        ),
        at: 0
      )
    }
    return ChartPage.cards(cards)
  }

  /// The median with as many digits as it deserves.
  static func headline(_ histogram: LatencyHistogram) -> String {
    guard histogram.count + histogram.missingCount > 0 else { return "–" }
    guard let median = histogram.percentile(50) else { return "never" }
    return Decimal.fixed(Double(median) / 1e6, median < 100_000_000 ? 1 : 0)
  }

  private static func limit(_ histogram: LatencyHistogram) -> String {
    guard histogram.count + histogram.missingCount > 0 else { return "None was measured." }
    guard let limit = histogram.percentile(99) else { return "More than 1 % never arrived." }
    return "99 % took at most \(Decimal.fixed(Double(limit) / 1e6, 1)) ms."
  }

  // MARK: All numbers

  private static func numberSection(_ summary: SessionSummary) -> String {
    var rows = ""
    func add(_ name: String, _ histogram: LatencyHistogram) {
      guard histogram.count + histogram.missingCount > 0 else { return }
      let cells = [50, 95, 99, 99.9].map { "<td>\(Decimal.milliseconds(histogram.percentile($0)))</td>" }.joined()
      rows += """
        <tr><th scope="row">\(name)</th>\(cells)<td>\(Decimal.milliseconds(histogram.maximumNanoseconds))</td>\
        <td>\(Decimal.grouped(histogram.count))</td><td>\(Decimal.grouped(histogram.missingCount))</td></tr>
        """
    }
    for stage in LatencyStage.allCases { add(stage.name.capitalizedFirst, summary.stages[stage.rawValue]) }
    add("Drawn to decoded", summary.drawnToDecoded)
    add("Input to decoded", summary.inputToDecoded)
    add("Round trip", summary.roundTrip)
    let counts: [(String, String)] = [
      ("Frames captured", Decimal.grouped(summary.framesCaptured)),
      ("Frames received", Decimal.grouped(summary.framesReceived)),
      ("Frames decoded", Decimal.grouped(summary.framesDecoded)),
      ("Frames lost", Decimal.grouped(summary.framesLost)),
      ("Frames late", Decimal.grouped(summary.framesLate)),
      ("Keyframes", Decimal.grouped(summary.keyframes)),
      ("Losses mended by intra refresh", Decimal.grouped(summary.refreshes)),
      ("Bytes received", Decimal.grouped(summary.bytesReceived)),
      ("Packets received", Decimal.grouped(summary.packetsReceived)),
      ("Packets lost", Decimal.grouped(summary.packetsLost)),
      ("Packets sent again", Decimal.grouped(summary.packetsRetransmitted)),
      ("Sound packets received", Decimal.grouped(summary.audioPacketsReceived)),
      ("Sound packets lost", Decimal.grouped(summary.audioPacketsLost)),
      ("Sound packets concealed", Decimal.grouped(summary.audioPacketsConcealed)),
      ("Handshake", Decimal.milliseconds(summary.handshakeNanoseconds) + " ms"),
      ("First picture", Decimal.milliseconds(summary.firstPictureNanoseconds) + " ms"),
      ("Hosts played on", Decimal.grouped(summary.hostCount)),
    ]
    let list = counts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined()
    return """
      <section><h2>All numbers</h2>
      <p>Times in milliseconds. “p99” is what 99 of 100 stayed below. “Never” counts what did not arrive at all; it is
      part of every percentile, so losses cannot make a delay look better than it was.</p>
      <div class="scroll"><table><thead><tr><th scope="col">Time</th><th scope="col">p50</th><th scope="col">p95</th>\
      <th scope="col">p99</th><th scope="col">p99.9</th><th scope="col">max</th><th scope="col">count</th>\
      <th scope="col">never</th></tr></thead><tbody>\(rows)</tbody></table></div>
      <dl class="counts">\(list)</dl></section>
      """
  }
}

extension String {
  /// With its first letter in upper case.
  var capitalizedFirst: String { self.prefix(1).uppercased() + self.dropFirst() }
}
