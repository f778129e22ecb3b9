/// Decoded sound that waits to be played: a ring of stereo samples that can be read at any point between two of them,
/// and shortened where it is least heard.
struct SoundQueue: ~Copyable {
  static let channelCount = 2

  private let mask: Int64
  private let filters = FractionalDelay()
  private var samples: [Int16]
  /// Frames appended so far.
  private var end: Int64
  /// Where the next frame to be played lies, and how far on the way to the one after.
  private var position: Int64
  private var fraction = 0.0
  /// Of what is faded from one point to another.
  private let fadeLength: Int
  private let lags: Range<Int>

  /// - Parameters:
  ///   - sampleRate: frames a second.
  ///   - capacity: frames at most; a power of two.
  init(sampleRate: Int, capacity: Int) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0, "a ring holds a power of two of frames")
    self.mask = Int64(capacity - 1)
    self.samples = [Int16](repeating: 0, count: capacity * Self.channelCount)
    // Filters look back; silence is what lies there.
    self.position = Int64(FractionalDelay.tapCount)
    self.end = self.position
    // 5 ms, and a pitch of 50 to 200 Hz.
    self.fadeLength = sampleRate / 200
    self.lags = sampleRate / 200..<sampleRate / 50
  }

  /// Frames that can be played at the ratio of 1.
  var count: Int { max(0, Int(self.end - self.position) - FractionalDelay.tapCount / 2) }

  /// Frames that were dropped since nobody took them.
  private(set) var droppedCount = 0

  /// - Parameter frames: interleaved.
  mutating func append(_ frames: Span<Int16>) {
    let count = frames.count / Self.channelCount
    for index in 0..<count {
      let place = self.place(self.end + Int64(index))
      self.samples[place] = frames[2 * index]
      self.samples[place + 1] = frames[2 * index + 1]
    }
    self.end += Int64(count)
    let latestStart = self.end - (self.mask + 1) + Int64(FractionalDelay.tapCount)
    if self.position < latestStart {
      self.droppedCount += Int(latestStart - self.position)
      self.position = latestStart
    }
  }

  /// Frames that ``read(into:ratio:)`` needs.
  func needed(for count: Int, ratio: Double) -> Int {
    Int((self.fraction + Double(count) * ratio).rounded(.up))
  }

  /// Plays `frames.count / 2` frames. There must be ``needed(for:ratio:)`` of them.
  ///
  /// - Parameter ratio: frames taken for each played.
  mutating func read(into frames: inout MutableSpan<Int16>, ratio: Double) {
    for index in 0..<frames.count / Self.channelCount {
      let (left, right) = self.frame()
      frames[2 * index] = left
      frames[2 * index + 1] = right
      self.fraction += ratio
      let whole = self.fraction.rounded(.down)
      self.position += Int64(whole)
      self.fraction -= whole
    }
  }

  /// The frame at the place where the queue is read.
  private func frame() -> (Int16, Int16) {
    let (filter, share) = self.filters.place(self.fraction)
    let first = self.position - Int64(FractionalDelay.tapCount / 2) + 1
    var (left, right): (Float, Float) = (0, 0)
    // SAFETY: `place` stays below the ring's size, and `filters` gives the start of a whole filter.
    unsafe self.samples.withUnsafeBufferPointer { samples in
      unsafe self.filters.coefficients.withUnsafeBufferPointer { coefficients in
        unsafe self.filters.steps.withUnsafeBufferPointer { steps in
          var tap = 0
          while tap < FractionalDelay.tapCount {
            let place = Int((first &+ Int64(tap)) & self.mask) &* 2
            let weight = unsafe coefficients[filter &+ tap] + steps[filter &+ tap] * share
            unsafe left += weight * Float(samples[place])
            unsafe right += weight * Float(samples[place &+ 1])
            tap &+= 1
          }
        }
      }
    }
    return (Self.rounded(left), Self.rounded(right))
  }

  /// Takes out 5 to 20 ms that are most like what follows them, fading from the one to the other.
  ///
  /// - Parameters:
  ///   - limit: frames to take out at most.
  ///   - isUrgent: whether to do it even where it is heard.
  /// - Returns: frames taken out; 0 if there is nothing fit.
  mutating func shorten(by limit: Int, isUrgent: Bool) -> Int {
    let longest = min(self.lags.upperBound - 1, limit, self.count - self.fadeLength)
    guard longest >= self.lags.lowerBound else { return 0 }
    var best = (lag: self.lags.lowerBound, likeness: -1.0)
    for lag in self.lags.lowerBound...longest {
      let likeness = self.likeness(lag: lag)
      if likeness > best.likeness { best = (lag, likeness) }
    }
    guard isUrgent || best.likeness > 0.8 else { return 0 }
    let (from, to) = (self.position, self.position + Int64(best.lag))
    // What the filters look back at must be what was played.
    for index in -Int64(FractionalDelay.tapCount)..<0 {
      for channel in 0..<Self.channelCount {
        self.samples[self.place(to + index) + channel] = self.samples[self.place(from + index) + channel]
      }
    }
    for index in 0..<self.fadeLength {
      let share = Float(index + 1) / Float(self.fadeLength + 1)
      let (old, new) = (self.place(from + Int64(index)), self.place(to + Int64(index)))
      for channel in 0..<Self.channelCount {
        let (before, after) = (Float(self.samples[old + channel]), Float(self.samples[new + channel]))
        self.samples[new + channel] = Self.rounded(before + (after - before) * share)
      }
    }
    self.position = to
    return best.lag
  }

  /// Forgets what waits, and goes on with silence.
  mutating func clear() {
    for index in 0..<Int64(FractionalDelay.tapCount) {
      let place = self.place(self.end - 1 - index)
      self.samples[place] = 0
      self.samples[place + 1] = 0
    }
    self.position = self.end
    self.fraction = 0
  }

  /// How alike the sound is to what follows `lag` frames later: 1 for the same, 0 for unrelated, 1 for silence.
  private func likeness(lag: Int) -> Double {
    var (product, here, there): (Float, Float, Float) = (0, 0, 0)
    for index in stride(from: 0, to: self.fadeLength, by: 2) {
      let first = self.place(self.position + Int64(index))
      let second = self.place(self.position + Int64(index + lag))
      let a = Float(self.samples[first]) + Float(self.samples[first + 1])
      let b = Float(self.samples[second]) + Float(self.samples[second + 1])
      product += a * b
      here += a * a
      there += b * b
    }
    // So quiet that nobody hears a seam: 60 dB below full scale.
    let quiet = Float(self.fadeLength / 2) * 65 * 65
    if here < quiet, there < quiet { return 1 }
    return here > 0 && there > 0 ? Double(product / (here * there).squareRoot()) : 0
  }

  private func place(_ frame: Int64) -> Int { Int(frame & self.mask) * Self.channelCount }

  private static func rounded(_ value: Float) -> Int16 { Int16(min(max(value.rounded(), -32768), 32767)) }
}
