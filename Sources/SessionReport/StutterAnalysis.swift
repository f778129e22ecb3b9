internal import Charts

/// Finds the freezes among the pictures that were shown, and the cause of each, from the frames' ledgers.
///
/// A freeze is a gap of more than the larger of three mean intervals and the mean interval and 150 ms. A picture that
/// does not change is sent again after 50 ms four times and every 500 ms after that; that is no freeze, nor is a game that
/// draws at a low rate, since the mean interval is then long. Memory does not grow with the session.
///
/// - Source: W3C "Identifiers for WebRTC's Statistics API", `freezeCount`.
public struct StutterAnalysis: Hashable, Sendable {
  /// More freezes than this are counted and not kept.
  public static let maximumFreezeCount = 200
  /// The mean interval and each step's usual time are of about so many pictures.
  private static let meanCount: Int64 = 30
  private static let freezeSlack: Int64 = 150_000_000
  /// What repeats of a still picture are apart, and the slack that threads get.
  private static let quickRepeat: ClosedRange<Int64> = 45_000_000...75_000_000
  private static let slowRepeat: ClosedRange<Int64> = 450_000_000...650_000_000

  /// The first ``maximumFreezeCount``, in order.
  public private(set) var freezes: [Freeze] = []
  /// Freezes by the cause's raw value.
  public private(set) var counts = [Int64](repeating: 0, count: Freeze.Cause.allCases.count)
  /// How long all of them took together.
  public private(set) var frozenNanoseconds: Int64 = 0
  /// Pictures shown more than two intervals after the one before while the game drew on, freezes left out.
  public private(set) var stutterCount: Int64 = 0

  private var last: FrameLedger?
  private var firstShown: Int64?
  private var shownCount: Int64 = 0
  private var meanInterval: Int64 = 0
  private var usual = [Int64](repeating: 0, count: LatencyStage.allCases.count)
  private var quickRepeats = 0

  public init() {}

  /// Freezes of any cause.
  public var freezeCount: Int64 { self.counts.reduce(0, +) }

  /// The next picture comes from another host: the gap before it is not one of the stream's.
  public mutating func hostChanged() {
    self.last = nil
    self.quickRepeats = 0
    self.shownCount = 0
    self.usual = self.usual.map { _ in 0 }
  }

  /// Takes a frame that became a picture, in the order of their display.
  ///
  /// - Complexity: O(stages); allocates only for a freeze.
  public mutating func record(_ frame: FrameLedger) {
    guard frame.isDecoded else { return }
    if self.firstShown == nil { self.firstShown = frame.shown }
    if let last = self.last { self.judge(last, frame) }
    self.last = frame
    for stage in LatencyStage.allCases {
      guard let time = frame.nanoseconds(in: stage) else { continue }
      self.usual[stage.rawValue] += (max(0, time) - self.usual[stage.rawValue]) / self.weight
    }
  }

  private var weight: Int64 { min(self.shownCount + 1, Self.meanCount) }

  private mutating func judge(_ last: FrameLedger, _ frame: FrameLedger) {
    let gap = frame.shown - last.shown
    let drawn = last.damaged != 0 && frame.damaged != 0 ? frame.damaged - last.damaged : nil
    let mean = self.meanInterval
    let isKnown = self.shownCount >= 5
    let isStill = if let drawn { self.isRepeat(drawn: drawn) } else { false }
    if isKnown, !isStill, gap > max(3 * mean, mean + Self.freezeSlack) {
      self.add(gap: gap, last: last, frame: frame, drawn: drawn)
      return
    }
    if isKnown, !isStill, gap > 2 * mean, gap - (drawn ?? 0) > mean { self.stutterCount += 1 }
    guard !isStill else { return }
    self.meanInterval += (gap - mean) / self.weight
    self.shownCount += 1
  }

  /// Whether the host took the picture because a still one was to be sent again.
  private mutating func isRepeat(drawn: Int64) -> Bool {
    if Self.quickRepeat.contains(drawn) {
      self.quickRepeats += 1
      // Until there are some, it may be a game that draws slowly.
      return false
    }
    if Self.slowRepeat.contains(drawn), self.quickRepeats >= 3 { return true }
    // A game that begins to draw again does so at any time after the last repeat.
    let wasStill = self.quickRepeats >= 3 && drawn < Self.slowRepeat.upperBound
    self.quickRepeats = 0
    return wasStill
  }

  private mutating func add(gap: Int64, last: FrameLedger, frame: FrameLedger, drawn: Int64?) {
    let (cause, evidence) = self.cause(gap: gap, last: last, frame: frame, drawn: drawn)
    self.counts[cause.rawValue] += 1
    self.frozenNanoseconds += gap
    guard self.freezes.count < Self.maximumFreezeCount else { return }
    self.freezes.append(
      Freeze(
        startNanoseconds: last.shown - (self.firstShown ?? last.shown),
        nanoseconds: gap,
        frameIndex: frame.frameIndex,
        cause: cause,
        evidence: evidence
      )
    )
  }

  private func cause(
    gap: Int64,
    last: FrameLedger,
    frame: FrameLedger,
    drawn: Int64?
  ) -> (Freeze.Cause, String) {
    let missing = frame.frameIndex - last.frameIndex - 1
    if missing > 0 {
      let lost = "\(missing) \(missing == 1 ? "frame" : "frames") after \(last.frameIndex) never became whole"
      // While a path only loses packets, others arrive.
      if (frame.longestSilence - self.meanInterval) * 5 >= (gap - self.meanInterval) * 2 {
        return (.pathOutage, "nothing arrived for \(Self.text(frame.longestSilence)); \(lost)")
      }
      if frame.isRefreshed {
        let whole = "frame \(frame.frameIndex) was the first of a picture drawn anew"
        return (.refreshWait, "\(lost); \(whole), \(Self.text(gap)) after the last picture")
      }
      return frame.isKeyframe
        ? (.keyframeWait, "\(lost); key frame \(frame.frameIndex) came \(Self.text(gap)) after the last picture")
        : (.unknown, lost)
    }
    // Where most of what the gap is too long by is spent is where it comes from.
    let excess = gap - self.meanInterval
    if let drawn, (drawn - self.meanInterval) * 2 >= excess {
      if let skipped = self.skipped(before: frame, drawn: drawn) { return skipped }
      return (
        .hostStill,
        "\(Self.text(drawn)) between two pictures that the host took, and no repeat, which is due after 50 ms"
      )
    }
    var worst: (stage: LatencyStage, excess: Int64, time: Int64)?
    for stage in LatencyStage.allCases {
      guard let time = frame.nanoseconds(in: stage) else { continue }
      let more = time - self.usual[stage.rawValue]
      if more > worst?.excess ?? 0 { worst = (stage, more, time) }
    }
    guard let worst, worst.excess * 5 >= excess * 2 else {
      let step = worst.map { "the step that grew most, \($0.stage.name), by \(Self.text($0.excess))" }
      return (.unknown, "\(Self.text(gap)) between two pictures; " + (step ?? "no step is known"))
    }
    let change = "from \(Self.text(self.usual[worst.stage.rawValue])) to \(Self.text(worst.time))"
    switch worst.stage {
    case .capture: return (.captureLate, "reading the picture rose \(change)")
    case .convert, .encode: return (.encoderOverBudget, "\(worst.stage.name) rose \(change)")
    case .send: return (.sendLate, "the wait before sending rose \(change)")
    case .network:
      // A queue grows from frame to frame; a path that stops does so at once.
      let before = last.nanoseconds(in: .network) ?? 0
      let isSudden = before < self.usual[worst.stage.rawValue] + 30_000_000
      return isSudden
        ? (
          .pathOutage,
          "nothing arrived for \(Self.text(max(frame.longestSilence, frame.firstReceived - last.completed)))"
        )
        : (.queue, "one-way delay rose \(change)")
    case .assemble:
      guard frame.retransmittedPacketCount > 0 else {
        return (.queue, "from the first packet of the frame to its last rose \(change)")
      }
      return (
        .burstLoss,
        "\(frame.retransmittedPacketCount) of \(frame.packetCount) packets of frame \(frame.frameIndex) missing, "
          + "repaired after \(Self.text(worst.time))"
      )
    case .decode: return (.decoderSlow, "decoding, with the wait for it, rose \(change)")
    case .present: return (.presentationLate, "showing the picture rose \(change)")
    }
  }

  /// What the host said about pictures that it left out, if it did.
  private func skipped(before frame: FrameLedger, drawn: Int64) -> (Freeze.Cause, String)? {
    guard frame.skippedCount > 0 else { return nil }
    let count = "\(frame.skippedCount) \(frame.skippedCount == 1 ? "picture" : "pictures")"
    let evidence = "\(count) left out before frame \(frame.frameIndex), \(Self.text(drawn)) after the one before"
    switch frame.skipReason {
    case .path, .unknown: return (.skippedForPath, evidence)
    case .encoder: return (.skippedForEncoder, evidence)
    case .decoder: return (.skippedForDecoder, evidence)
    }
  }

  private static func text(_ nanoseconds: Int64) -> String { "\(Decimal.fixed(Double(nanoseconds) / 1e6, 0)) ms" }
}

extension FrameLedger {
  /// When it was shown, or ready to be where nothing shows it.
  fileprivate var shown: Int64 { self.presented != 0 ? self.presented : self.decoded }
}
