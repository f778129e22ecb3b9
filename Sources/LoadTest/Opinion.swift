internal import Glibc

/// What people would say of a stream: the opinion model of ITU-T G.1072 for a fast, complex game.
///
/// The model's estimate of lost frames from lost packets is replaced by the frames that were really missing, since lost
/// packets are sent again; and its term for damaged pictures is 0, since a picture with a part missing is never shown.
///
/// - Source: ITU-T G.1072 (2020) with its corrigendum, as its authors' program computes it: class "high" of both
///   encoding complexity and sensitivity to delay and frame loss.
public struct Opinion: Codable, Hashable, Sendable {
  /// From 1.3, bad, to 4.64, excellent.
  public var score: Double
  /// From a player's input to the picture that shows it, milliseconds, the median.
  public var delayMilliseconds: Double
  /// Of one player's picture.
  public var megabits: Double
  public var framesPerSecond: Double
  public var frameLossPercent: Double
  /// Whether all of it lies where the model was fitted; see ``validity``. Outside, the nearest value in it is judged.
  public var isValid: Bool

  /// Where the model was fitted.
  public static let validity = "0.3–50 Mbit/s, 10–60 fps, up to 1920×1080, delay up to 400 ms"

  /// - Parameters:
  ///   - width: of the picture, as `height`.
  ///   - frameLossPercent: frames that were never shown, 0 ... 100.
  public init(
    width: Int,
    height: Int,
    megabits: Double,
    framesPerSecond: Double,
    delayMilliseconds: Double,
    frameLossPercent: Double
  ) {
    let bitrate = min(max(megabits, 0.3), 50)
    let rate = min(max(framesPerSecond, 10), 60)
    let delay = min(max(delayMilliseconds, 0), 400)
    let loss = min(max(frameLossPercent, 0), 100)
    let pixels = min(Double(max(1, width * height)), 1920 * 1080)
    let perPixel = bitrate * 1e6 / (pixels * rate)
    let complexity = 7.62306 * exp(-167.838 * perPixel) + 0.0760
    let coding = min(65, 47.7463 * exp(-12.070 * perPixel) + 9.05168 * complexity + 3.41919)
    let smoothness = max(0, 47.03 + 0.01747 * rate * rate - 1.823 * rate + 10.7 * log(loss + 1))
    let control = max(0, 54.71 + 0.02589 * rate * rate - 2.485 * rate + 9.306 * log(loss + 1))
    let input = min(max(90 / (1 + exp(1.191 - 0.009775 * delay)) - 18.73, 0), 68.98)
    let rating = min(max(100 - 0.788 * coding - 0.227 * smoothness - 0.625 * control - 0.848 * input, 0), 100)
    self.score = min(max(1.3 + 3.34 * rating / 100 + rating * (rating - 60) * (100 - rating) * 7e-6, 1.3), 4.64)
    self.delayMilliseconds = delayMilliseconds
    self.megabits = megabits
    self.framesPerSecond = framesPerSecond
    self.frameLossPercent = frameLossPercent
    self.isValid =
      bitrate == megabits && rate == framesPerSecond && delay == delayMilliseconds && pixels == Double(width * height)
  }

  /// Of an average player of a result.
  ///
  /// - Returns: `nil` where players saw too little, or something different each.
  init?(of result: LoadResult) {
    let age = result.latencies["capture-to-complete"]?.percentile(50)
    let input = result.latencies["input-to-frame"].flatMap { $0.count > 0 ? $0.percentile(50) : nil }
    let roundTrip = result.latencies["round-trip"]?.percentile(50) ?? 0
    guard let stream = result.streams.first,
      result.streams.allSatisfy({ $0.width == stream.width && $0.height == stream.height }),
      let delay = input ?? age.map({ $0 + roundTrip / 2 }), result.watchedNanoseconds > 1_000_000_000
    else { return nil }
    let seconds = Double(result.watchedNanoseconds) / 1e9
    let rate = Double(result.frames) / seconds
    self.init(
      width: stream.width,
      height: stream.height,
      megabits: Double(result.frameBytes) * 8 / 1e6 / seconds,
      // Frames come in whole numbers: 60.02 in a second are a measurement of 60.
      framesPerSecond: abs(rate - Double(stream.frameRate)) < 0.5 ? Double(stream.frameRate) : rate,
      delayMilliseconds: delay,
      frameLossPercent: 100 * Double(result.framesMissing) / Double(max(1, result.frames + result.framesMissing))
    )
  }

  /// One line for people.
  public var text: String {
    func number(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
    let note = self.isValid ? "" : "; outside of where the model holds (\(Self.validity))"
    return "opinion (ITU-T G.1072): \(number(self.score)) of 4.64, for \(number(self.megabits)) Mbit/s, "
      + "\(number(self.framesPerSecond)) fps, \(number(self.delayMilliseconds)) ms, "
      + "\(number(self.frameLossPercent)) % of frames missing\(note)"
  }
}
