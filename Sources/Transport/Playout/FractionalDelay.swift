/// A bank of low-pass filters, each of which reads a signal at another point between two of its samples.
///
/// What resampling needs when the ratio is near one and never quite constant: the point moves slowly from sample to
/// sample, so that the filters for the points between must be alike but for their delay, or else the treble would come
/// and go with it.
///
/// - Source: J. O. Smith, "Digital Audio Resampling Home Page", Stanford University, for windowed-sinc interpolation.
struct FractionalDelay: Sendable {
  /// Samples that one output sample is made of.
  static let tapCount = 32
  /// Points between two samples for which there is a filter; between those, filters are mixed.
  private static let phaseCount = 128
  /// Of half the sample rate: above 22 kHz at 48 kHz nobody hears what is weakened.
  private static let bandwidth = 0.92
  /// Of the Kaiser window: side lobes 80 dB down.
  private static let windowShape = 8.0

  /// `phaseCount` filters of `tapCount` coefficients.
  let coefficients: [Float]
  /// What each coefficient changes by up to the next filter.
  let steps: [Float]

  init() {
    var coefficients: [Float] = []
    coefficients.reserveCapacity((Self.phaseCount + 1) * Self.tapCount)
    for phase in 0...Self.phaseCount {
      let point = Double(phase) / Double(Self.phaseCount)
      var filter = (0..<Self.tapCount).map { tap in
        Self.response(at: Double(tap - (Self.tapCount / 2 - 1)) - point)
      }
      // Every filter passes a constant as it is.
      let sum = filter.reduce(0, +)
      for tap in filter.indices { filter[tap] /= sum }
      coefficients.append(contentsOf: filter.lazy.map { Float($0) })
    }
    let onward = coefficients.dropFirst(Self.tapCount)
    self.steps = zip(onward, coefficients).map { $0 - $1 }
    self.coefficients = Array(coefficients.dropLast(Self.tapCount))
  }

  /// The filter for a point: where its coefficients begin, and by which share of their ``steps`` to go on from them.
  ///
  /// - Parameter point: from the middle two samples' first to their second, 0 ..< 1.
  func place(_ point: Double) -> (first: Int, share: Float) {
    let scaled = point * Double(Self.phaseCount)
    let phase = min(Int(scaled), Self.phaseCount - 1)
    return (phase * Self.tapCount, Float(scaled - Double(phase)))
  }

  /// The windowed sinc function, `distance` in samples from its middle.
  private static func response(at distance: Double) -> Double {
    let half = Double(Self.tapCount) / 2
    let place = distance / half
    guard abs(place) < 1 else { return 0 }
    let window = Self.bessel(Self.windowShape * (1 - place * place).squareRoot()) / Self.bessel(Self.windowShape)
    let x = distance * Self.bandwidth
    return abs(x) < 1e-9 ? window : window * Self.sine(turns: x / 2) / (x * .pi)
  }

  /// The sine of so many full turns.
  private static func sine(turns: Double) -> Double {
    var angle = (turns - turns.rounded()) * 2  // in half turns, -1 ... 1
    if angle > 0.5 { angle = 1 - angle }
    if angle < -0.5 { angle = -1 - angle }
    let x = angle * .pi
    var (term, sum) = (x, x)
    for power in stride(from: 3.0, through: 23, by: 2) {
      term *= -x * x / (power * (power - 1))
      sum += term
    }
    return sum
  }

  /// The modified Bessel function of the first kind and order zero.
  private static func bessel(_ x: Double) -> Double {
    var (term, sum) = (1.0, 1.0)
    for step in 1...40 {
      term *= x / (2 * Double(step))
      sum += term * term
    }
    return sum
  }
}
