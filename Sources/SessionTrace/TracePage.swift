internal import Charts
internal import MediaUnits

/// A trace as a page of charts in one file: for a browser, light or dark, or for paper.
public enum TracePage {
  /// The whole document.
  public static func render(_ recording: TraceRecording) -> String {
    let summary = TraceSummary(recording)
    let course = TraceCourse(recording)
    let header = recording.header
    let title = header.game.isEmpty ? "Session \(header.session)" : header.game
    let sections = [
      Self.notices(recording), Self.cards(summary), Self.course(course), Self.tables(summary),
    ]
    return ChartPage(
      title: "\(title) – Martlet session trace",
      kicker: "Martlet session trace",
      heading: title,
      facts: [
        "\(header.picture.width) × \(header.picture.height) at \(header.frameRate) Hz",
        header.encoder.isEmpty ? header.codec : "\(header.codec) by \(header.encoder)",
        "at most \(DecimalText.fixed(header.maximumBitrate.megabits, 1)) Mbit/s",
        "seconds \(DecimalText.fixed(summary.startSeconds, 1)) to \(DecimalText.fixed(summary.endSeconds, 1))",
        "session \(header.session)", header.software,
      ],
      body: sections.joined(separator: "\n")
    ).html
  }

  /// What keeps the page from being the whole truth.
  private static func notices(_ recording: TraceRecording) -> String {
    var texts: [String] = []
    if recording.isCut {
      texts.append("The file holds more than is shown here; choose a part of it with --from and --to.")
    }
    if recording.droppedCount > 0 {
      texts.append("\(recording.droppedCount) records were dropped when the trace was written: the disk was too slow.")
    }
    if recording.malformedLineCount > 0 {
      texts.append("\(recording.malformedLineCount) lines of the file could not be read.")
    }
    if recording.records.isEmpty { texts.append("There are no records in this part of the file.") }
    return texts.map { "<p class=\"notice bad\">\(Markup.escaped($0))</p>" }.joined()
  }

  // MARK: Headline numbers

  private static func cards(_ summary: TraceSummary) -> String {
    func number(_ spread: TraceSummary.Spread?, _ places: Int = 1) -> String {
      spread.map { DecimalText.fixed($0.p50, places) } ?? "–"
    }
    var cards: [String] = []
    let capacity =
      summary.capacityMegabits.map { " The path was taken to carry \(DecimalText.fixed($0.p50, 1)), half of the time." }
      ?? ""
    cards.append(
      ChartPage.card(
        "Bit rate",
        number(summary.bitrateMegabits),
        "Mbit/s",
        "What the encoder was told half of the time; \(DecimalText.fixed(summary.sentMegabits, 1)) were sent."
          + capacity
      )
    )
    cards.append(
      ChartPage.card(
        "Round trip",
        number(summary.roundTripMilliseconds),
        "ms",
        summary.roundTripMilliseconds.map { "99 % took at most \(DecimalText.fixed($0.p99, 1)) ms." }
          ?? "None measured."
      )
    )
    if let delay = summary.queueDelayMilliseconds {
      cards.append(
        ChartPage.card(
          "Wait in queues",
          DecimalText.fixed(delay.p99, 1),
          "ms",
          "99 % of packets waited at most this long at the bottleneck; half of them \(DecimalText.fixed(delay.p50, 1)) ms."
        )
      )
    }
    let skipped = "\(summary.picturesSkipped) of \(summary.picturesPlanned) pictures, before they were encoded."
    cards.append(
      ChartPage.card("Left out on purpose", DecimalText.fixed(summary.skippedShare * 100, 1), "%", skipped)
    )
    cards.append(
      ChartPage.card(
        "Packets lost",
        DecimalText.fixed(summary.lossShare * 100, 2),
        "%",
        "\(summary.packetsLost) lost, \(summary.packetsMarked) marked by the network, of "
          + "\(DecimalText.grouped(Int64(summary.packetsAcked + summary.packetsLost)))."
      )
    )
    cards.append(
      ChartPage.card(
        "Path silent",
        DecimalText.fixed(summary.outageMilliseconds / 1000, 1),
        "s",
        summary.outages.isEmpty
          ? "It never fell silent." : summary.outages.count == 1 ? "Once." : "\(summary.outages.count) times."
      )
    )
    return ChartPage.cards(cards)
  }

  // MARK: Tables

  private static func tables(_ summary: TraceSummary) -> String {
    func table(_ heading: String, _ text: String, _ columns: [String], _ rows: [[String]]) -> String {
      guard !rows.isEmpty else { return "" }
      let head = columns.map { "<th scope=\"col\">\(Markup.escaped($0))</th>" }.joined()
      let body = rows.map { cells -> String in
        let rest = cells.dropFirst().map { "<td>\(Markup.escaped($0))</td>" }.joined()
        return "<tr><th scope=\"row\">\(Markup.escaped(cells[0].capitalizedFirst))</th>\(rest)</tr>"
      }.joined()
      return """
        <section><h2>\(heading)</h2><p>\(text)</p><div class="scroll"><table><thead><tr>\(head)</tr></thead>\
        <tbody>\(body)</tbody></table></div></section>
        """
    }
    return table(
      "Why pictures were left out",
      "Each was left out before it was encoded, so that nothing after it refers to it.",
      ["Reason", "pictures"],
      TraceSummary.sorted(summary.skipReasons).map { [TraceWords.skip($0.key), "\($0.value)"] }
    )
      + table(
        "Why the rate changed",
        "What the encoder was told, or how many pictures a second.",
        ["Reason", "changes"],
        TraceSummary.sorted(summary.rateChanges).map { [TraceWords.rate($0.key), "\($0.value)"] }
      )
      + table(
        "When the stream changed",
        "A key frame begins each change." + (summary.changes.count > 50 ? " These are the first 50." : ""),
        ["At, s", "to", "because of", "the path carried, Mbit/s"],
        summary.changes.prefix(50).map { change in
          [
            DecimalText.fixed(change.atSeconds, 2), change.stream + (change.isFailed ? " (not made)" : ""),
            TraceWords.change(change.reason), change.carriedMegabits.map { DecimalText.fixed($0, 2) } ?? "",
          ]
        }
      )
      + table(
        "What was done about losses",
        "Several copies of a packet are sent when nobody could ask for it once more in time.",
        ["Answer", "times", "packets", "packets sent"],
        summary.repairs.sorted { $0.key < $1.key }.map { action, repair in
          [TraceWords.repair(action), "\(repair.decisions)", "\(repair.packets)", "\(repair.sentPackets)"]
        }
      )
      + table(
        "When the path was silent",
        "Nothing came back from the player." + (summary.outages.count > 50 ? " These are the first 50." : ""),
        ["Began at, s", "for, ms", ""],
        summary.outages.prefix(50).map { outage in
          [
            DecimalText.fixed(outage.startSeconds, 2), DecimalText.fixed(outage.milliseconds, 0),
            outage.isOpen ? "still at the end" : "",
          ]
        }
      )
  }
}

extension String {
  /// With its first letter in upper case.
  var capitalizedFirst: String { self.prefix(1).uppercased() + self.dropFirst() }
}
