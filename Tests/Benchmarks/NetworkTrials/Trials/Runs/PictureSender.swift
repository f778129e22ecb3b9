public import MediaUnits

/// Who sends pictures in a trial.
public enum PictureSender: String, CaseIterable, Sendable {
  /// Martlet's two ends as they are shipped.
  case martlet
  /// Google's congestion control, and requests for what is missing.
  case gcc
  /// The same with more probes.
  case gccEager = "gcc-eager"
  /// 10 Mbit/s whatever the path does, and requests for what is missing.
  case fixed
  /// A fixed rate with 20 % of Reed and Solomon's parity, and key frames where that is not enough.
  case reedSolomon = "rs-20"

  /// - Parameters:
  ///   - index: of the flow on its path.
  ///   - rate: of the pictures, where it is fixed.
  ///   - limits: of the rate, where it is not.
  ///   - start: the frame that it begins with.
  func flow(index: Int, rate: Bitrate, limits: RateRange, start: Int = 0, seed: UInt64) -> any PictureFlow {
    switch self {
    case .martlet: MartletFlow(index: index, limits: limits, start: start, seed: seed)
    case .gcc, .gccEager:
      RivalFlow(
        index: index,
        control: GCCControl(start: limits.start, limits: limits.floor...limits.cap, isEager: self == .gccEager),
        repair: .requests,
        start: start,
        seed: seed
      )
    case .fixed: RivalFlow(index: index, fixedRate: rate, repair: .requests, start: start, seed: seed)
    case .reedSolomon:
      RivalFlow(index: index, fixedRate: rate, repair: .reedSolomon(0.2), start: start, seed: seed)
    }
  }
}

/// What every sender that finds its own rate is told.
public struct RateRange: Hashable, Sendable {
  public var floor: Bitrate
  public var cap: Bitrate
  /// What it begins with, of a path that it knows nothing of.
  public var start: Bitrate

  public init(floor: Bitrate = .kilobits(500), cap: Bitrate = .megabits(50), start: Bitrate = .megabits(3)) {
    self.floor = floor
    self.cap = cap
    self.start = start
  }
}
