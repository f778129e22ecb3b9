import Foundation

extension LoadResult {
  /// One JSON object, its keys sorted.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { preconditionFailure("a result has finite numbers only") }
    return String(decoding: data, as: UTF8.self)
  }

  /// Some lines for people.
  public var text: String {
    func number(_ value: Double?) -> String { value.map { "\(($0 * 10).rounded() / 10)" } ?? "never" }
    var lines = ["\(self.playersWithPicture) of \(self.players) players saw a picture within \(number(self.seconds)) s"]
    for (reason, count) in self.failures.sorted(by: { $0.key < $1.key }) { lines.append("  \(count) × \(reason)") }
    for (name, latency) in self.latencies.sorted(by: { $0.key < $1.key }) where latency.count + latency.missing > 0 {
      lines.append(
        "\(name): p50 \(number(latency.percentile(50))) ms, p99 \(number(latency.percentile(99))) ms, "
          + "p99.9 \(number(latency.percentile(99.9))) ms, longest \(number(latency.max)) ms, \(latency.missing) never"
      )
    }
    lines.append(
      "\(self.frames) frames, \(self.framesMissing) missing, \(self.framesLate) later than 100 ms, \(self.freezes) freezes"
        + (self.framesSkipped > 0 ? ", \(self.framesSkipped) left out by the host on purpose" : "")
    )
    if let decoded = self.decoded {
      lines.append(
        "\(decoded.pictures) pictures of \(decoded.players) players decoded, \(decoded.missing) missing, "
          + "\(decoded.late) later than 100 ms, \(decoded.freezes) freezes, \(decoded.failed) frames did not decode"
          + (decoded.skipped > 0 ? ", \(decoded.skipped) were left out: this machine does not decode so fast" : "")
      )
    }
    if self.resumptions > 0 { lines.append("\(self.resumptions) sessions resumed after a silence") }
    if let opinion = self.opinion { lines.append(opinion.text) }
    let isOne = self.machines.count == 1
    let busiest = self.machines.map(\.threadBusyShare).max() ?? 0
    lines.append(
      self.isLimitedByMachine
        ? "\(isOne ? "This machine" : "A machine that measured") is what limits: its timers are late, datagrams wait for it, or its thread is busy; use fewer players or a faster machine."
        : "\(isOne ? "This machine" : "Each machine") kept up: its thread was busy for at most \(number(busiest * 100)) % of the time."
    )
    return lines.joined(separator: "\n")
  }
}
