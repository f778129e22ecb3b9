public import MediaUnits

/// What happened in each stretch of a run: a second each, or more in a run of hours.
public struct LoadSeries: Codable, Hashable, Sendable {
  /// One stretch, over all players.
  public struct Sample: Codable, Hashable, Sendable {
    /// Players that had a frame.
    public var players: Int64 = 0
    public var frames: Int64 = 0
    public var missing: Int64 = 0
    /// Frames and missing ones' places that were older than 100 ms when there was something to show.
    public var late: Int64 = 0
    public var frozenNanoseconds: Int64 = 0
    public var bytes: Int64 = 0
    public var packetsLost: Int64 = 0
    /// Frames by age; see ``LoadSeries/ageBound(_:)``.
    public var ages = [Int64](repeating: 0, count: LoadSeries.ageCount)

    public init() {}
  }

  /// Classes of age.
  public static let ageCount = 24
  /// A run has at most so many samples.
  public static let maximumCount = 3600

  /// Seconds that a sample stands for: a power of two.
  public private(set) var secondsPerSample: Int
  public private(set) var samples: [Sample]
  private let start: Instant

  private enum CodingKeys: String, CodingKey {
    case secondsPerSample, samples
  }

  /// - Parameter duration: longer ones than a day are not told apart by then.
  public init(start: Instant, duration: Duration) {
    self.start = start
    let seconds = max(1, duration.wholeNanoseconds / 1_000_000_000 + 1)
    var width = 1
    while Int(seconds) / width >= Self.maximumCount { width *= 2 }
    self.secondsPerSample = width
    self.samples = []
    self.samples.reserveCapacity(Int(seconds) / width + 2)
  }

  /// Reads what was written.
  ///
  /// - Throws: `DecodingError` where the form is not that of a series.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.start = .zero
    self.secondsPerSample = try container.decode(Int.self, forKey: .secondsPerSample)
    self.samples = try container.decode([Sample].self, forKey: .samples)
    let isPower = self.secondsPerSample.nonzeroBitCount == 1 && 1...64 ~= self.secondsPerSample
    guard isPower, self.samples.count <= 2 * Self.maximumCount,
      self.samples.allSatisfy({ $0.ages.count == Self.ageCount })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .samples,
        in: container,
        debugDescription: "a series has at most \(2 * Self.maximumCount) samples of \(Self.ageCount) ages"
      )
    }
  }

  /// The age in milliseconds below which class `index` lies: 1 ms, and half an octave more each; the last has no bound.
  public static func ageBound(_ index: Int) -> Double? {
    guard index < Self.ageCount - 1 else { return nil }
    var bound = index % 2 == 0 ? 1.0 : 1.414213562373095
    for _ in 0..<index / 2 { bound *= 2 }
    return bound
  }

  static func ageClass(of nanoseconds: Int64) -> Int {
    let milliseconds = Double(max(0, nanoseconds)) / 1e6
    return (0..<Self.ageCount - 1).first { milliseconds < Self.ageBound($0) ?? .infinity } ?? Self.ageCount - 1
  }

  // MARK: Recording

  private func index(at instant: Instant) -> Int? {
    let seconds = (instant - self.start).wholeNanoseconds / 1_000_000_000
    let index = Int(seconds) / self.secondsPerSample
    return instant >= self.start && index < Self.maximumCount + 8 ? index : nil
  }

  private mutating func update(at instant: Instant, _ body: (inout Sample) -> Void) {
    guard let index = self.index(at: instant) else { return }
    while self.samples.count <= index { self.samples.append(Sample()) }
    body(&self.samples[index])
  }

  /// Whether a frame seen at `instant` is its player's first in its sample.
  func isFirst(at instant: Instant, after last: Instant?) -> Bool {
    last.map { self.index(at: $0) != self.index(at: instant) } ?? true
  }

  mutating func record(_ step: ViewMeter.Step, byteCount: Int, at instant: Instant, isFirstOfPlayer: Bool) {
    self.update(at: instant) { sample in
      if isFirstOfPlayer { sample.players += 1 }
      sample.frames += 1
      sample.missing += step.missing
      sample.late += step.late
      sample.bytes += Int64(byteCount)
      if let age = step.age { sample.ages[Self.ageClass(of: age)] += 1 }
    }
  }

  /// Spreads a freeze over the samples that it lasted through.
  mutating func recordFreeze(from start: Instant, to end: Instant) {
    var from = start
    for _ in 0..<Self.maximumCount where from < end {
      guard let index = self.index(at: from) else { return }
      let next = min(end, self.start + .seconds((index + 1) * self.secondsPerSample))
      self.update(at: from) { $0.frozenNanoseconds += (next - from).wholeNanoseconds }
      from = next
    }
  }

  mutating func notePackets(lost: Int, at instant: Instant) {
    self.update(at: instant) { $0.packetsLost += Int64(max(0, lost)) }
  }

  // MARK: Adding

  /// Adds another run's samples, second by second from each run's start.
  ///
  /// - Returns: whether the sums are within what a result holds.
  mutating func merge(_ other: LoadSeries, limit: Int64) -> Bool {
    var other = other
    while self.secondsPerSample < other.secondsPerSample { self.halve() }
    while other.secondsPerSample < self.secondsPerSample { other.halve() }
    for (index, sample) in other.samples.enumerated() {
      if index == self.samples.count { self.samples.append(Sample()) }
      self.samples[index].add(sample)
    }
    return self.isValid(limit: limit)
  }

  /// Whether every figure is one that a run can have.
  func isValid(limit: Int64) -> Bool {
    self.samples.allSatisfy { sample in
      Sample.figures.allSatisfy { 0...limit ~= sample[keyPath: $0] } && sample.ages.allSatisfy { 0...limit ~= $0 }
    }
  }

  /// Twice the time in each sample.
  private mutating func halve() {
    self.secondsPerSample *= 2
    var halved: [Sample] = []
    for index in stride(from: 0, to: self.samples.count, by: 2) {
      var sample = self.samples[index]
      if index + 1 < self.samples.count {
        // Each half may have had the same players: the more of the two is what there were.
        let players = max(sample.players, self.samples[index + 1].players)
        sample.add(self.samples[index + 1])
        sample.players = players
      }
      halved.append(sample)
    }
    self.samples = halved
  }
}

extension LoadSeries.Sample {
  fileprivate static var figures: [WritableKeyPath<Self, Int64>] {
    [\.players, \.frames, \.missing, \.late, \.frozenNanoseconds, \.bytes, \.packetsLost]
  }

  /// Sums of figures that have been found valid cannot overflow.
  fileprivate mutating func add(_ other: Self) {
    for figure in Self.figures { self[keyPath: figure] += other[keyPath: figure] }
    for index in self.ages.indices { self.ages[index] += other.ages[index] }
  }
}
