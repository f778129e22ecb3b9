internal import Charts

extension SessionSummary {
  /// The summary for a terminal: aligned, at most 78 columns wide, without colour.
  public var text: String {
    var lines: [String] = []
    let size = "\(self.pictureWidth)x\(self.pictureHeight)"
    let seconds = Decimal.fixed(Double(self.durationNanoseconds) / 1e9, 1)
    let title = self.game.isEmpty ? self.host : "\(self.game) on \(self.host)"
    lines.append("\(title): \(size) at \(self.frameRate) Hz, \(seconds) s")
    lines.append("")
    lines.append("frames    " + self.frameLine)
    if self.refreshes > 0 { lines.append("          " + self.refreshLine) }
    lines.append("packets   " + self.packetLine)
    lines.append("sound     " + self.soundLine)
    if let playedSound { lines.append("          " + playedSound.line) }
    let rate = Decimal.fixed(self.bitsPerSecond / 1e6, 2)
    lines.append("received  \(Decimal.grouped(self.bytesReceived)) bytes, \(rate) Mbit/s")
    let handshake = Decimal.milliseconds(self.handshakeNanoseconds)
    let first = Decimal.milliseconds(self.firstPictureNanoseconds)
    lines.append("start     handshake \(handshake) ms, first picture after \(first) ms")
    if let start = self.start { lines.append("instant   " + start.line) }
    if self.hostCount > 1 {
      let gaps = self.hostGapNanoseconds.map { Decimal.fixed(Double($0) / 1e6, 0) }.joined(separator: ", ")
      lines.append("hosts     played on \(self.hostCount), without a picture between them for \(gaps) ms")
    }
    lines += self.freezeLines
    lines.append("")
    lines.append(Self.row("milliseconds", ["p50", "p95", "p99", "p99.9", "max", "never"]))
    for stage in LatencyStage.allCases {
      let histogram = self.stages[stage.rawValue]
      if histogram.count > 0 { lines.append(Self.row("  " + stage.name, histogram)) }
    }
    lines.append(Self.row("drawn to decoded", self.drawnToDecoded))
    lines.append(Self.row("input to decoded", self.inputToDecoded))
    lines.append(Self.row("round trip", self.roundTrip))
    return lines.joined(separator: "\n") + "\n"
  }

  private var frameLine: String {
    "\(Decimal.grouped(self.framesCaptured)) captured, \(Decimal.grouped(self.framesDecoded)) decoded "
      + "(\(Decimal.fixed(self.decodedPerSecond, 1))/s), \(self.framesLost) lost, \(self.framesLate) late"
  }

  private var refreshLine: String {
    "\(self.refreshes) \(self.refreshes == 1 ? "loss" : "losses") mended by intra refresh"
  }

  /// How often the picture froze, and why, the first few one by one.
  private var freezeLines: [String] {
    let seconds = Decimal.fixed(Double(self.stutter.frozenNanoseconds) / 1e9, 1)
    let times = self.stutter.freezeCount == 1 ? "time" : "times"
    var lines = [
      "frozen    \(self.stutter.freezeCount) \(times), \(seconds) s; \(self.stutter.stutterCount) small stutters"
    ]
    for freeze in self.stutter.freezes.prefix(8) {
      let start = Decimal.fixed(Double(freeze.startNanoseconds) / 1e9, 2)
      let length = Decimal.fixed(Double(freeze.nanoseconds) / 1e6, 0)
      lines += Self.wrapped("  at \(start) s for \(length) ms: \(freeze.cause.name): \(freeze.evidence)", indent: 6)
    }
    let rest = self.stutter.freezeCount - Int64(min(8, self.stutter.freezes.count))
    if rest > 0 { lines.append("  and \(rest) more, in --json") }
    return lines
  }

  /// The columns that no line goes beyond.
  private static let width = 78

  /// `text` in lines of at most ``width`` columns; those after the first begin with `indent` spaces.
  static func wrapped(_ text: String, indent: Int) -> [String] {
    var lines: [String] = []
    var rest = text[...]
    while rest.count > Self.width {
      let limit = rest.index(rest.startIndex, offsetBy: Self.width + 1)
      // What has no space to break at is cut.
      let space = rest[..<limit].lastIndex(of: " ").flatMap { at -> String.Index? in
        rest[..<at].contains { $0 != " " } ? at : nil
      }
      let end = space ?? rest.index(before: limit)
      lines.append(String(rest[..<end]))
      rest = Substring(String(repeating: " ", count: indent) + rest[end...].drop { $0 == " " })
    }
    return lines + [String(rest)]
  }

  private var packetLine: String {
    "\(Decimal.grouped(self.packetsReceived)) received, \(self.packetsLost) lost "
      + "(\(Decimal.fixed(100 * self.packetLossFraction, 2)) %), \(self.packetsRetransmitted) sent again"
  }

  private var soundLine: String {
    "\(Decimal.grouped(self.audioPacketsReceived)) packets received, \(self.audioPacketsLost) lost, "
      + "\(self.audioPacketsConcealed) concealed"
  }

  private static func row(_ name: String, _ histogram: LatencyHistogram) -> String {
    guard histogram.count + histogram.missingCount > 0 else { return Self.row(name, ["–", "–", "–", "–", "–", "–"]) }
    let percentiles = [50, 95, 99, 99.9].map { Decimal.milliseconds(histogram.percentile($0)) }
    let rest = [Decimal.milliseconds(histogram.maximumNanoseconds), Decimal.grouped(histogram.missingCount)]
    return Self.row(name, percentiles + rest)
  }

  private static func row(_ name: String, _ values: [String]) -> String {
    let first = name + String(repeating: " ", count: max(0, 20 - name.count))
    return first + values.map { String(repeating: " ", count: max(1, 9 - $0.count)) + $0 }.joined()
  }
}

extension PlayedSound {
  /// What a player hears of it, and the relation of the clocks.
  fileprivate var line: String {
    let waiting = Decimal.fixed(Double(self.waitingNanoseconds) / 1e6, 0)
    let clock = Decimal.fixed(self.clockPartsPerMillion, 0)
    let level = self.peak == 0 ? ", silent" : ""
    return
      "\(waiting) ms waiting, \(self.shortageCount) short, \(self.stopCount) stops, host's clock \(clock) ppm fast\(level)"
  }
}

extension SessionSummary.Start {
  /// The way to the first picture, in milliseconds from the request.
  var line: String {
    let times = [self.ticketNanoseconds, self.firstPacketNanoseconds, self.firstFrameNanoseconds]
      .map { Decimal.fixed(Double($0) / 1e6, 1) }
    return "request → ticket \(times[0]) → first packet \(times[1]) → first decoded frame \(times[2]) ms"
      + (self.stageWord.map { ", \($0)" } ?? "")
  }

  /// What kind of stage it began on; `nil` where nobody said.
  var stageWord: String? { self.isWarm.map { $0 ? "warm" : "cold" } }
}
