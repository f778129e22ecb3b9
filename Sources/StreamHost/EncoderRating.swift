import FFmpegCodec
import MediaUnits

/// Which of the rates that the path allows an encoder is given, by what a change costs it.
///
/// An encoder that follows at once is set for each frame. One that makes a key frame of each change, or has to be
/// opened anew, is set lower soon and higher seldom; what it makes too large meanwhile is met by leaving frames out.
struct EncoderRating {
  /// A smaller change is not worth a call.
  private static let smallest = 0.03
  /// Of the current rate: less than this, and the encoder is set lower.
  private static let tooLow = 0.8
  /// More than this for ``patience``, and it is set higher.
  private static let tooHigh = 1.25
  /// Less than the path allows, so that small changes of that ask for none.
  private static let reserve = 0.9
  private static let shortestStay: Duration = .milliseconds(500)
  private static let patience: Duration = .seconds(2)

  private let change: RateChange
  private(set) var current: Bitrate
  private var changedAt = Instant.zero
  /// The least that was allowed while it was more than ``tooHigh``, and since when.
  private var higher: (least: Bitrate, since: Instant)?

  /// - Parameters:
  ///   - current: what the encoder was opened with.
  ///   - changedAt: when that was, for one that is to have some time before it is set lower.
  init(change: RateChange, current: Bitrate, changedAt: Instant = .zero) {
    self.change = change
    self.current = current
    self.changedAt = changedAt
  }

  /// The path allows `wanted` for the next frame.
  ///
  /// - Returns: what to set the encoder to, or `nil` to leave it as it is.
  mutating func follow(_ wanted: Bitrate, now: Instant) -> Bitrate? {
    let ratio = Double(wanted.bitsPerSecond) / Double(max(1, self.current.bitsPerSecond))
    guard self.change != .nextFrame else {
      guard abs(ratio - 1) > Self.smallest else { return nil }
      return self.set(wanted, now: now)
    }
    if ratio < Self.tooLow {
      self.higher = nil
      guard now - self.changedAt >= Self.shortestStay else { return nil }
      return self.set(wanted.scaled(by: Self.reserve), now: now)
    }
    guard ratio > Self.tooHigh else {
      self.higher = nil
      return nil
    }
    let known = self.higher ?? (wanted, now)
    self.higher = (min(known.least, wanted), known.since)
    guard now - known.since >= Self.patience else { return nil }
    return self.set(min(known.least, wanted).scaled(by: Self.reserve), now: now)
  }

  private mutating func set(_ rate: Bitrate, now: Instant) -> Bitrate {
    self.current = max(rate, .kilobits(1))
    self.changedAt = now
    self.higher = nil
    return self.current
  }
}

extension Bitrate {
  fileprivate func scaled(by factor: Double) -> Bitrate {
    Bitrate(bitsPerSecond: Int64(Double(self.bitsPerSecond) * factor))
  }
}
