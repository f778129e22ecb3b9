internal import Charts

extension TraceSummary {
  /// For a terminal; lines of at most 78 columns.
  public var text: String {
    var lines: [String] = []
    func add(_ name: String, _ value: String) {
      let pad = String(repeating: " ", count: max(1, 15 - name.count))
      // What a file says of itself may be long.
      lines.append(String((name + pad + value).prefix(78)))
    }
    add("trace", "\(self.game.isEmpty ? "?" : self.game), session \(self.session)")
    add("time", "\(Self.number(self.startSeconds, 1)) to \(Self.number(self.endSeconds, 1)) s")
    add(
      "pictures",
      "\(self.picturesPlanned) planned, \(self.picturesSkipped) skipped (\(Self.percent(self.skippedShare)))"
    )
    for (reason, count) in Self.sorted(self.skipReasons) { add("", "\(count) × \(TraceWords.skip(reason))") }
    add("frames", "\(self.framesSent) sent, \(self.keyframesSent) key, \(self.framesOverBudget) over their budget")
    if let gap = self.longestFrameGapMilliseconds { add("", "longest gap \(Self.number(gap, 1)) ms") }
    add("sent", "\(Self.number(self.sentMegabits, 2)) Mbit/s")
    self.addSpreads(to: add)
    add(
      "packets",
      "\(self.packetsAcked) arrived, \(self.packetsLost) lost (\(Self.percent(self.lossShare))), "
        + "\(self.packetsMarked) marked"
    )
    for (action, repair) in self.repairs.sorted(by: { $0.key < $1.key }) {
      let sent = repair.sentPackets > 0 ? ", \(repair.sentPackets) sent" : ""
      let packets = repair.packets > 0 ? ", \(repair.packets) packets" : ""
      let times = repair.decisions == 1 ? "once" : "\(repair.decisions) times"
      add("", "\(TraceWords.repair(action)) \(times)\(packets)\(sent)")
    }
    add("rate changes", "\(self.rateChanges.values.reduce(0, +))")
    for (reason, count) in Self.sorted(self.rateChanges) { add("", "\(count) × \(TraceWords.rate(reason))") }
    add("stream changes", "\(self.changes.count)")
    for change in self.changes.prefix(10) {
      let reason = TraceWords.change(change.reason) + (change.isFailed ? " (failed)" : "")
      add("", "at \(Self.number(change.atSeconds, 2)) s \(change.stream): \(reason)")
    }
    add("outages", "\(self.outages.count), \(Self.number(self.outageMilliseconds, 0)) ms in all")
    for outage in self.outages.prefix(10) {
      let end = outage.isOpen ? " and more" : ""
      add("", "at \(Self.number(outage.startSeconds, 2)) s, \(Self.number(outage.milliseconds, 0)) ms\(end)")
    }
    if self.recordsDropped > 0 { add("missing", "\(self.recordsDropped) records were dropped when it was written") }
    if self.linesMalformed > 0 { add("unreadable", "\(self.linesMalformed) lines") }
    if self.isCut { add("cut", "the file holds more; choose a part with --from and --to") }
    return lines.joined(separator: "\n")
  }

  private func addSpreads(to add: (String, String) -> Void) {
    let spreads: [(String, Spread?, String, Int)] = [
      ("bitrate", self.bitrateMegabits, "Mbit/s", 2), ("capacity", self.capacityMegabits, "Mbit/s", 2),
      ("round trip", self.roundTripMilliseconds, "ms", 1), ("queue delay", self.queueDelayMilliseconds, "ms", 1),
      ("encoding", self.encodeMilliseconds, "ms", 1), ("outstanding", self.outstandingBytes, "bytes", 0),
      ("pacer waits", self.pacerWaitingBytes, "bytes", 0),
    ]
    for (name, spread, unit, places) in spreads {
      guard let spread else { continue }
      add(
        name,
        "p50 \(Self.number(spread.p50, places)), p95 \(Self.number(spread.p95, places)), "
          + "p99 \(Self.number(spread.p99, places)), max \(Self.number(spread.maximum, places)) \(unit)"
      )
    }
  }

  static func number(_ value: Double, _ places: Int) -> String { DecimalText.fixed(value, places) }

  static func percent(_ share: Double) -> String { "\(DecimalText.fixed(share * 100, 2)) %" }

  /// Most frequent first; of equal ones, by name.
  static func sorted(_ counts: [String: Int]) -> [(key: String, value: Int)] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
  }
}

extension TraceSummary.Change {
  /// Picture, frame rate and codec, for people.
  var stream: String { "\(self.width)x\(self.height)@\(self.frameRate) \(self.codec)" }
}
