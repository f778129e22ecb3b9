public import MediaUnits

/// Evens out the network and the difference of two clocks, so that sound can be played without a break.
///
/// ```
/// filling ──as much waits as should──▶ playing ──nothing came for long──▶ filling
/// ```
///
/// The player's sound device sets the pace: for each period of it, make up what ``shortage`` says and append that, then
/// ``play(into:)``. Whatever comes from the network is decoded and appended at once. Sans-IO: it neither decodes nor
/// knows a device.
public struct AudioPlayout: ~Copyable {
  /// Figures for the summary and tests.
  public struct Figures: Hashable, Sendable {
    /// How much sound should wait.
    public var target: Duration = .zero
    /// How much does, averaged.
    public var level: Duration = .zero
    /// By how many parts per million the host's sound clock is faster than the player's.
    public var driftPartsPerMillion = 0.0
    /// Periods for which sound had to be made up because none waited.
    public var shortageCount = 0
    /// Times that playing stopped, because nothing came.
    public var stopCount = 0
    /// Samples per channel that were taken out because too many waited.
    public var removedSampleCount = 0
  }

  /// After so much made-up sound without a packet, playing stops.
  private static let longestMadeUp: Duration = .milliseconds(60)
  /// More excess than this is taken out even where it is heard.
  private static let urgentExcess: Duration = .milliseconds(120)
  private static let fadeInLength = 240

  private let sampleRate: Int
  /// Samples per channel that are played at once.
  public let period: Int
  private var queue: SoundQueue
  private var control: PlayoutControl
  private var isPlaying = false
  /// Samples per channel made up since the last packet.
  private var madeUpCount = 0
  private var fadeInLeft = 0
  private var sinceShortened = 0
  private var counted = Figures()

  /// - Parameters:
  ///   - sampleRate: samples a second and channel.
  ///   - period: samples per channel that are played at once.
  public init(sampleRate: Int, period: Int) {
    precondition(sampleRate >= 1000 && period > 0 && period <= sampleRate / 10, "a period is short")
    self.sampleRate = sampleRate
    self.period = period
    // A second, at least.
    var capacity = 1024
    while capacity < sampleRate { capacity *= 2 }
    self.queue = SoundQueue(sampleRate: sampleRate, capacity: capacity)
    self.control = PlayoutControl(sampleRate: sampleRate)
  }

  public var figures: Figures {
    var figures = self.counted
    figures.target = .microseconds(Int64(self.control.target * 1e6))
    figures.level = .microseconds(Int64((self.control.level ?? 0) * 1e6))
    figures.driftPartsPerMillion = self.control.drift * 1e6
    return figures
  }

  /// Whether there is something to play; otherwise wait for packets.
  public var isReady: Bool {
    self.isPlaying || Double(self.queue.count) >= self.control.target * Double(self.sampleRate)
  }

  /// A packet was decoded.
  ///
  /// - Parameters:
  ///   - samples: interleaved, two channels.
  ///   - mediaTime: of the first sample, in nanoseconds of the sender's clock.
  ///   - now: when it is there to be played; later than `arrivedAt` where it waited for its turn.
  public mutating func append(_ samples: Span<Int16>, mediaTime: Int64, arrivedAt: Instant, now: Instant) {
    self.control.arrived(
      mediaTime: mediaTime,
      arrivedAt: arrivedAt,
      duration: self.duration(samples.count / SoundQueue.channelCount),
      period: self.duration(self.period)
    )
    self.madeUpCount = 0
    self.append(samples, now: now)
  }

  /// Packets of `count` samples per channel in all will not come.
  ///
  /// - Returns: how many samples to make up for them and append; fewer where some were made up already.
  public mutating func lost(_ count: Int) -> Int {
    let known = min(self.madeUpCount, count)
    self.madeUpCount -= known
    return self.isPlaying ? count - known : 0
  }

  /// Sound that was made up for what ``lost(_:)`` or ``shortage`` told.
  public mutating func append(madeUp samples: Span<Int16>, now: Instant) {
    self.append(samples, now: now)
  }

  /// How many samples must be made up and appended before the next period can be played; 0 in nearly every case.
  ///
  /// Ask once for each period. When this stops playing, ``isReady`` is false afterwards.
  public mutating func shortage() -> Int {
    guard self.isPlaying else { return 0 }
    let needed = self.queue.needed(for: self.period, ratio: 1 + PlayoutControl.greatestDeviation)
    let missing = needed - self.queue.count
    guard missing > 0 else { return 0 }
    self.counted.shortageCount += 1
    guard self.madeUpCount < Int(Self.longestMadeUp.inSeconds * Double(self.sampleRate)) else {
      self.stop()
      return 0
    }
    // Made up in pieces of 2.5 ms, which decoders can do.
    let piece = max(1, self.sampleRate / 400)
    let count = (missing + piece - 1) / piece * piece
    self.madeUpCount += count
    return count
  }

  /// Plays one period: fills `frames` with ``period`` interleaved samples of two channels.
  public mutating func play(into frames: inout MutableSpan<Int16>, now: Instant) {
    precondition(frames.count == self.period * SoundQueue.channelCount, "one period is played at once")
    if !self.isPlaying {
      self.isPlaying = true
      self.fadeInLeft = Self.fadeInLength
      self.control.restart()
    }
    self.queue.read(into: &frames, ratio: self.control.ratio(count: self.period))
    self.fadeIn(&frames)
    self.shorten()
    self.control.waits(self.queue.count, now: now)
  }

  private mutating func append(_ samples: Span<Int16>, now: Instant) {
    self.queue.append(samples)
    if self.isPlaying { self.control.waits(self.queue.count, now: now) }
  }

  private mutating func shorten() {
    self.sinceShortened += self.period
    let excess = self.control.excess
    // Ten times a second at most, so that seams never make a sound of their own.
    guard excess > 0, self.sinceShortened >= self.sampleRate / 10 else { return }
    let isUrgent = excess > Int(Self.urgentExcess.inSeconds * Double(self.sampleRate))
    let count = self.queue.shorten(by: excess, isUrgent: isUrgent)
    guard count > 0 else { return }
    self.control.removed(count)
    self.counted.removedSampleCount += count
    self.sinceShortened = 0
  }

  private mutating func stop() {
    self.isPlaying = false
    self.madeUpCount = 0
    self.counted.stopCount += 1
    self.queue.clear()
  }

  /// After a pause sound does not begin with a click.
  private mutating func fadeIn(_ frames: inout MutableSpan<Int16>) {
    var index = 0
    while self.fadeInLeft > 0, index < frames.count {
      let share = Int(Self.fadeInLength - self.fadeInLeft)
      for channel in 0..<SoundQueue.channelCount {
        frames[index + channel] = Int16(Int(frames[index + channel]) * share / Self.fadeInLength)
      }
      index += SoundQueue.channelCount
      self.fadeInLeft -= 1
    }
  }

  private func duration(_ count: Int) -> Duration {
    .nanoseconds(Int64(count) * 1_000_000_000 / Int64(self.sampleRate))
  }
}
