internal import MediaUnits

/// What a path carries, from how fast packets came out of it while more of them waited.
///
/// Only such stretches count: between frames the path is idle, and how fast it would have been is not known. They are
/// gathered in chunks of some milliseconds, since a single packet's arrival is told to a millisecond only. What the
/// newest frame alone shows bounds the estimate as well: a steady path that becomes slow is known by a few packets.
struct CapacityEstimator: Sendable {
  private struct Chunk: Sendable {
    var bytes = 0.0
    var seconds = 0.0
    var at = Instant.zero

    mutating func add(_ byteCount: Int, in duration: Duration, at: Instant) {
      self.bytes += Double(byteCount)
      self.seconds += max(0, duration.inSeconds)
      self.at = at
    }
  }

  /// Busy time of one chunk: less than a frame's at 60 fps, many times the precision of an arrival.
  private static let chunkSeconds = 0.012
  /// How far back the mean looks.
  private static let memory: Duration = .milliseconds(500)
  private static let chunkCount = 64
  /// Busy time from which on the newest frame's packets tell a rate, and how much of it may be rounding.
  private static let (shortestStretch, rounding) = (0.0015, 0.0005)

  private var chunks = [Chunk](repeating: Chunk(), count: CapacityEstimator.chunkCount)
  private var next = 0
  private var count = 0
  private var current = Chunk()
  /// Of the newest frame's packets.
  private var stretch = Chunk()

  /// Bytes per second; `nil` before anything is known.
  private(set) var bytesPerSecond: Double?
  /// How much the rate varies from chunk to chunk: the standard deviation over the mean, 0 ... 1.
  ///
  /// Told from what neighbours differ by, so that one step is not taken for a path that varies.
  ///
  /// - Source: the mean successive difference; J. von Neumann et al., "The mean square successive difference", 1941.
  private(set) var variation = 0.0

  /// The first packet of another frame has come through.
  mutating func frameBegan() { self.stretch = Chunk() }

  /// The path was busy for `duration` and let `byteCount` bytes through, the last of them at `at`.
  mutating func wasBusy(for duration: Duration, byteCount: Int, at: Instant) {
    self.current.add(byteCount, in: duration, at: at)
    self.stretch.add(byteCount, in: duration, at: at)
    guard self.current.seconds >= Self.chunkSeconds else { return }
    self.append(self.current)
    self.current = Chunk()
    self.updateVariation()
  }

  /// A frame met no queue at all though it was sent at `rate` bytes per second.
  mutating func wasUnloaded(at rate: Double, at: Instant) {
    guard rate > self.bytesPerSecond ?? 0 else { return }
    // What is known of a slower path is no longer true.
    self.count = 0
    self.current = Chunk()
    self.stretch = Chunk()
    self.append(Chunk(bytes: rate * Self.chunkSeconds, seconds: Self.chunkSeconds, at: at))
    self.bytesPerSecond = rate
  }

  /// How much busy time counts as recent: the more the path varies, the more it takes to tell a step from that.
  ///
  /// Found by search over recorded paths, as ``mostAboveRecent``.
  private var recentSeconds: Double { 0.012 + 0.12 * self.variation }

  /// How many times faster than recently the path may count as.
  private var mostAboveRecent: Double { 1.1 + 1.1 * self.variation }

  /// How many times faster than the newest frame shows it the path may count as.
  private var mostAboveStretch: Double { 1.1 + 6 * self.variation }

  /// Decides ``bytesPerSecond`` anew.
  mutating func update() {
    var (bytes, seconds) = (self.current.bytes, self.current.seconds)
    var (recentBytes, recentSeconds) = (bytes, seconds)
    var newest = self.current.seconds > 0 ? self.current.at : nil
    for age in 0..<self.count {
      let chunk = self.chunk(age)
      newest = newest ?? chunk.at
      guard chunk.at > newest! - Self.memory else { break }
      bytes += chunk.bytes
      seconds += chunk.seconds
      if recentSeconds < self.recentSeconds {
        recentBytes += chunk.bytes
        recentSeconds += chunk.seconds
      }
    }
    guard seconds > 0.003, bytes > 0 else { return }
    let mean = bytes / seconds
    var rate = mean
    if recentSeconds >= self.recentSeconds / 2 { rate = min(rate, self.mostAboveRecent * recentBytes / recentSeconds) }
    if self.stretch.seconds >= Self.shortestStretch {
      rate = min(rate, self.mostAboveStretch * self.stretch.bytes / (self.stretch.seconds - Self.rounding))
    }
    self.bytesPerSecond = rate
  }

  /// The chunk that is so many older than the newest.
  private func chunk(_ age: Int) -> Chunk {
    self.chunks[(self.next + Self.chunkCount - 1 - age) % Self.chunkCount]
  }

  private mutating func append(_ chunk: Chunk) {
    self.chunks[self.next] = chunk
    self.next = (self.next + 1) % Self.chunkCount
    self.count = min(self.count + 1, Self.chunkCount)
  }

  private mutating func updateVariation() {
    let newest = self.chunk(0).at
    var (sum, differences, number) = (0.0, 0.0, 0.0)
    var last: Double?
    for age in 0..<self.count {
      let chunk = self.chunk(age)
      guard chunk.at > newest - Self.memory else { break }
      let rate = chunk.bytes / chunk.seconds
      if let last { differences += abs(rate - last) }
      last = rate
      sum += rate
      number += 1
    }
    guard number >= 5, sum > 0 else { return }
    // For independent values of a normal distribution, neighbours differ by 1.13 standard deviations.
    let deviation = differences / (number - 1) / 1.13 / (sum / number)
    self.variation = 0.8 * self.variation + 0.2 * min(1, deviation)
  }
}
