internal import MediaUnits

/// The least of the values of the last seconds, kept as the least of each tenth of them.
struct MovingMinimum: Sendable {
  private static let partCount = 10

  private let part: Duration
  private var least = [Int64](repeating: .max, count: MovingMinimum.partCount)
  private var index = 0
  private var partEndsAt: Instant?

  /// - Parameter span: how long a value counts; a tenth of it more or less.
  init(span: Duration) {
    self.part = span / Self.partCount
  }

  /// `nil` before the first value.
  private(set) var value: Int64?

  mutating func add(_ value: Int64, at now: Instant) {
    if let end = self.partEndsAt, end <= now {
      let passed = min(Self.partCount, Int((now - end).wholeNanoseconds / self.part.wholeNanoseconds) + 1)
      for _ in 0..<passed {
        self.index = (self.index + 1) % Self.partCount
        self.least[self.index] = .max
      }
      self.partEndsAt = now + self.part
      self.least[self.index] = value
      self.value = self.least.min()
    } else {
      if self.partEndsAt == nil { self.partEndsAt = now + self.part }
      self.least[self.index] = min(self.least[self.index], value)
      self.value = min(self.value ?? value, value)
    }
  }
}
