internal import MediaUnits

extension RateTrace {
  /// Longer texts are refused.
  public static let maximumByteCount = 64 << 20

  /// Reads either form that this module knows: rows of four fields, or one number a line.
  public init(parsing bytes: [UInt8], loops: Bool) throws(TraceError) {
    var fields = TextFields(bytes.span)
    if bytes.count <= Self.maximumByteCount, fields.nextLine() {
      _ = fields.nextNumber(fractionDigits: 0)
      if fields.isAtLineEnd() {
        try self.init(parsingOpportunities: bytes, loops: loops)
        return
      }
    }
    try self.init(parsingRows: bytes, loops: loops)
  }

  /// Reads rows of what was measured: the time in seconds, Mbit/s, the round-trip time as `27.0ms`, and the share of
  /// datagrams lost, 0 ... 1.
  ///
  /// Each row holds until the next one's time, the last as long as the one before it. Half of the round-trip time
  /// becomes ``Step/delay``; ``keeping(rate:delay:loss:)`` leaves it out. A share below 0, which some recordings have, is
  /// taken for 0.
  ///
  /// - Throws: ``TraceError``, for the first line that is wrong.
  /// - Source: the SparkTraces data set, published with Meng et al., "Hairpin", NSDI 2024.
  public init(parsingRows bytes: [UInt8], loops: Bool) throws(TraceError) {
    guard bytes.count <= Self.maximumByteCount else {
      throw TraceError(line: 1, reason: .tooLong(byteCount: bytes.count))
    }
    var fields = TextFields(bytes.span)
    var steps: [Step] = []
    var firstTime: Int64?
    var lastTime: Int64 = 0
    while fields.nextLine() {
      let line = fields.line
      guard let time = fields.nextNumber(fractionDigits: 6), time < 1_000_000_000_000_000 else {
        throw TraceError(line: line, reason: .expected("a time in seconds"))
      }
      guard let rate = fields.nextNumber(fractionDigits: 6), rate <= 1_000_000_000_000 else {
        throw TraceError(line: line, reason: .expected("a rate in Mbit/s, at most a million"))
      }
      guard let roundTrip = fields.nextNumber(fractionDigits: 6, suffix: "ms"), roundTrip <= 60_000_000_000 else {
        throw TraceError(line: line, reason: .expected("a round-trip time such as 27.0ms"))
      }
      guard
        let loss = fields.nextNumber(fractionDigits: 6, negativeIsZero: true), loss <= 1_000_000, fields.isAtLineEnd()
      else {
        throw TraceError(line: line, reason: .expected("a loss rate from 0 to 1 as the last field"))
      }
      if let firstTime {
        guard time >= lastTime + 1000 else { throw TraceError(line: line, reason: .timeDoesNotRise) }
        guard time - firstTime <= Self.longestTrace.wholeNanoseconds / 1000 else {
          throw TraceError(line: line, reason: .lastsTooLong)
        }
        steps[steps.count - 1].duration = .microseconds(time - lastTime)
      }
      firstTime = firstTime ?? time
      let duration = steps.last?.duration ?? .milliseconds(15)
      steps.append(
        Step(
          duration: duration,
          rate: Bitrate(bitsPerSecond: rate),
          delay: .nanoseconds(roundTrip / 2),
          loss: Double(loss) / 1e6
        )
      )
      lastTime = time
    }
    try self.init(checking: steps, loops: loops)
  }

  /// Reads one time in milliseconds a line, at each of which the path could carry a full packet of 1500 bytes: the
  /// format of Mahimahi's link traces. Times rise or repeat; the last one's millisecond is the trace's last.
  ///
  /// Becomes steps of whole milliseconds, so that what a bottleneck carries in each is exact.
  ///
  /// - Throws: ``TraceError``, for the first line that is wrong.
  /// - Source: Netravali et al., "Mahimahi: Accurate record-and-replay for HTTP", USENIX ATC 2015.
  public init(parsingOpportunities bytes: [UInt8], loops: Bool) throws(TraceError) {
    guard bytes.count <= Self.maximumByteCount else {
      throw TraceError(line: 1, reason: .tooLong(byteCount: bytes.count))
    }
    let longest = Self.longestTrace.wholeNanoseconds / 1_000_000
    var fields = TextFields(bytes.span)
    var steps: [Step] = []
    /// The millisecond that packets are being counted for.
    var current: Int64 = 0
    var packetCount: Int64 = 0
    func add(_ count: Int64, milliseconds: Int64, to steps: inout [Step]) {
      let rate = Bitrate(bitsPerSecond: count * 1500 * 8 * 1000)
      if let last = steps.last, last.rate == rate {
        steps[steps.count - 1].duration += .milliseconds(milliseconds)
      } else if milliseconds > 0 {
        steps.append(Step(duration: .milliseconds(milliseconds), rate: rate))
      }
    }
    while fields.nextLine() {
      let line = fields.line
      guard let time = fields.nextNumber(fractionDigits: 0), fields.isAtLineEnd() else {
        throw TraceError(line: line, reason: .expected("a time in whole milliseconds, alone on its line"))
      }
      guard time >= current else { throw TraceError(line: line, reason: .timeDoesNotRise) }
      guard time < longest else { throw TraceError(line: line, reason: .lastsTooLong) }
      if time > current {
        if packetCount > 0 {
          add(packetCount, milliseconds: 1, to: &steps)
          add(0, milliseconds: time - current - 1, to: &steps)
        } else {
          add(0, milliseconds: time - current, to: &steps)
        }
        current = time
        packetCount = 0
      }
      packetCount += 1
    }
    if packetCount > 0 { add(packetCount, milliseconds: 1, to: &steps) }
    try self.init(checking: steps, loops: loops)
  }

  private init(checking steps: [Step], loops: Bool) throws(TraceError) {
    guard !steps.isEmpty else { throw TraceError(line: 1, reason: .empty) }
    guard steps.contains(where: { $0.rate.map { $0.bitsPerSecond > 0 } ?? true }) else {
      throw TraceError(line: 1, reason: .carriesNothing)
    }
    guard steps.reduce(.zero, { $0 + $1.duration }) <= Self.longestTrace else {
      throw TraceError(line: 1, reason: .lastsTooLong)
    }
    self.init(steps: steps, loops: loops)
  }
}
