import MediaUnits
import Transport

/// A host's sound clock, a path with jitter, and a player's sound device, each with a pace of its own.
struct PlayoutSimulation: ~Copyable {
  struct Course {
    /// By how many parts per million the host's sound clock is faster than the player's.
    var drift = 0.0
    /// Packets take up to so much longer than the fastest.
    var jitter = Duration.zero
    /// Share of packets that never come.
    var loss = 0.0
    var seed: UInt64 = 1
    /// Samples a second; few make a long run cheap.
    var sampleRate = 1_000
    /// A full turn of the tone in samples.
    var tonePeriod = 48.0
    var amplitude = 16_000.0
  }

  struct Report {
    var lowestLevel = Int.max
    var highestLevel = 0
    var madeUp = 0
    /// The left channel, as far as it was kept.
    var played: [Int16] = []
  }

  private static let packetDuration = Duration.milliseconds(10)
  private static let period = Duration.milliseconds(5)

  var playout: AudioPlayout
  var report = Report()
  /// Whether what is played is kept.
  var keepsSamples = false
  /// Nothing arrives between these.
  var outage: ClosedRange<Instant>?
  private(set) var now = Instant(nanoseconds: 1_000_000_000)
  private let course: Course
  private let start: Instant
  private var random: SplitMix64
  private var packetIndex = 0
  private var nextArrival: Instant
  private var nextPeriod: Instant
  private var frames: [Int16]
  private var waiting = 0
  private var lostCount = 0

  init(_ course: Course) {
    self.course = course
    self.start = self.now
    self.random = SplitMix64(seed: course.seed)
    self.playout = AudioPlayout(sampleRate: course.sampleRate, period: course.sampleRate / 200)
    self.frames = [Int16](repeating: 0, count: course.sampleRate / 100)
    self.nextArrival = self.now
    self.nextPeriod = self.now
  }

  var figures: AudioPlayout.Figures { self.playout.figures }

  mutating func run(for duration: Duration) {
    let end = self.now + duration
    var stepsLeft = 1000 + Int(duration.inSeconds * 400)
    while self.now < end, stepsLeft > 0 {
      stepsLeft -= 1
      if self.nextArrival <= self.now { self.arrive() }
      if self.nextPeriod <= self.now {
        self.play()
        self.nextPeriod += Self.period
      }
      self.now = max(self.now, min(end, self.nextArrival, self.nextPeriod))
    }
    precondition(stepsLeft > 0, "a run has an end")
  }

  private mutating func arrive() {
    let count = self.course.sampleRate / 100
    let index = self.packetIndex
    let isLost =
      Double.random(in: 0..<1, using: &self.random) < self.course.loss || (self.outage?.contains(self.now) ?? false)
    if isLost {
      self.lostCount += count
    } else {
      if self.lostCount > 0 {
        let count = self.playout.lost(self.lostCount)
        self.makeUp(count)
        self.lostCount = 0
      }
      var samples: [Int16] = []
      for frame in index * count..<(index + 1) * count {
        let value = Int16(self.course.amplitude * Self.sine(turns: Double(frame) / self.course.tonePeriod))
        samples.append(value)
        samples.append(value)
      }
      self.playout.append(
        samples.span,
        mediaTime: (Self.packetDuration * index).wholeNanoseconds,
        arrivedAt: self.now,
        now: self.now
      )
    }
    self.packetIndex += 1
    let pace = 1 / (1 + self.course.drift / 1e6)
    let sent = Double(self.packetIndex) * Double(Self.packetDuration.wholeNanoseconds) * pace
    let late = Double.random(in: 0...1, using: &self.random) * Double(self.course.jitter.wholeNanoseconds)
    self.nextArrival = max(self.now, self.start + .nanoseconds(Int64(sent + late)))
  }

  private mutating func play() {
    guard self.playout.isReady else { return }
    let shortage = self.playout.shortage()
    self.makeUp(shortage)
    guard self.playout.isReady else { return }
    let level = Int(self.playout.figures.level.inMilliseconds * 1000)
    if level > 0 {
      self.report.lowestLevel = min(self.report.lowestLevel, level)
      self.report.highestLevel = max(self.report.highestLevel, level)
    }
    var frames: [Int16] = []
    swap(&frames, &self.frames)
    defer { swap(&frames, &self.frames) }
    var span = frames.mutableSpan
    self.playout.play(into: &span, now: self.now)
    if self.keepsSamples {
      for index in stride(from: 0, to: frames.count, by: 2) { self.report.played.append(frames[index]) }
    }
  }

  private mutating func makeUp(_ count: Int) {
    guard count > 0 else { return }
    self.report.madeUp += count
    self.playout.append(madeUp: [Int16](repeating: 0, count: 2 * count).span, now: self.now)
  }

  static func sine(turns: Double) -> Double {
    let x = (turns - turns.rounded()) * 2 * .pi
    var (term, sum) = (x, x)
    for power in stride(from: 3.0, through: 31, by: 2) {
      term *= -x * x / (power * (power - 1))
      sum += term
    }
    return sum
  }
}
