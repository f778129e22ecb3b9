/// What a load test's result must hold: one limit a line, each of which is met or missed.
public struct ServiceLevels: Hashable, Sendable {
  /// A figure of a result that is not a duration.
  public enum Figure: String, CaseIterable, Sendable {
    /// Frames that came later than 100 ms, or the next in the place of those that never did, of all that were due.
    case latePercent = "late-percent"
    /// Frames that came never, of all that were due.
    case missingPercent = "missing-percent"
    /// Of the time that players watched.
    case freezesPerMinute = "freezes-per-minute"
    /// Of the time that players watched.
    case frozenPercent = "frozen-percent"
    case playersWithoutPicture = "players-without-picture"
    /// Sessions that ended before the run did, or never began.
    case failures
  }

  /// A part of a duration's distribution.
  public enum Statistic: String, CaseIterable, Sendable {
    case p50, p95, p99
    case p999 = "p99.9"
    case max
  }

  /// One limit.
  public enum Objective: Hashable, Sendable {
    case figure(Figure, atMost: Double)
    /// The duration's name is one of ``durations``; the limit is in milliseconds.
    case duration(String, Statistic, atMostMilliseconds: Double)
  }

  /// Whether a result meets one limit.
  public struct Verdict: Hashable, Sendable {
    public let isMet: Bool
    /// One line for people.
    public let text: String
  }

  /// The durations that can be limited: those of a result.
  public static let durations = [
    "assemble", "capture", "capture-to-complete", "capture-to-decoded", "clock-uncertainty", "convert", "decode",
    "encode", "frame-gap", "input-to-frame", "network", "picture-gap", "player-mean-age", "receive-queue",
    "request-to-first-frame", "request-to-first-packet", "round-trip", "send", "timer-lateness",
  ]

  public var objectives: [Objective]

  public init(_ objectives: [Objective]) {
    self.objectives = objectives
  }

  /// What `result` meets and misses, in the objectives' order. What was not measured is missed.
  public func verdicts(on result: LoadResult) -> [Verdict] {
    self.objectives.map { objective in
      switch objective {
      case .figure(let figure, let limit):
        let value = result.value(of: figure)
        return Self.verdict(figure.rawValue, value.map { .some($0) }, limit: limit, unit: "")
      case .duration(let name, let statistic, let limit):
        let latency = result.latencies[name].flatMap { $0.count + $0.missing > 0 ? $0 : nil }
        let value = latency.map { $0.value(of: statistic) }
        return Self.verdict("\(name) \(statistic.rawValue)", value, limit: limit, unit: " ms")
      }
    }
  }

  /// - Parameter value: `nil` where nothing was measured, an inner `nil` where it is infinite.
  private static func verdict(_ name: String, _ value: Double??, limit: Double, unit: String) -> Verdict {
    func number(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)\(unit)" }
    guard let value else { return Verdict(isMet: false, text: "missed  \(name): nothing was measured") }
    guard let value else {
      return Verdict(isMet: false, text: "missed  \(name): so many never came, at most \(number(limit)) wanted")
    }
    let isMet = value <= limit
    return Verdict(
      isMet: isMet,
      text: "\(isMet ? "met   " : "missed")  \(name): \(number(value)), at most \(number(limit)) wanted"
    )
  }
}

extension LoadResult {
  /// - Returns: `nil` where nothing was measured.
  fileprivate func value(of figure: ServiceLevels.Figure) -> Double? {
    switch figure {
    case .latePercent: self.latePercent
    case .missingPercent: self.missingPercent
    case .freezesPerMinute: self.freezesPerMinute
    case .frozenPercent: self.frozenPercent
    case .playersWithoutPicture: Double(self.players - self.playersWithPicture)
    case .failures: Double(self.failureCount)
    }
  }
}

extension LoadResult.Latency {
  /// Milliseconds; `nil` where so many never happened.
  fileprivate func value(of statistic: ServiceLevels.Statistic) -> Double? {
    switch statistic {
    case .p50: self.percentile(50)
    case .p95: self.percentile(95)
    case .p99: self.percentile(99)
    case .p999: self.percentile(99.9)
    case .max: self.missing > 0 ? nil : self.max
    }
  }
}
