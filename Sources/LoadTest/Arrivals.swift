internal import Glibc
internal import MediaUnits

/// When each player starts: an open loop, so a player starts when it is due whether or not earlier ones have finished.
public enum Arrivals: String, CaseIterable, Hashable, Sendable {
  /// As people come: exponential gaps between starts.
  case poisson
  /// Equal gaps between starts.
  case uniform
  case allAtOnce = "all-at-once"

  /// The players' starts, counted from the run's own, in order.
  ///
  /// - Parameters:
  ///   - count: players.
  ///   - ramp: the time over which they come; with ``poisson`` the last comes about then.
  ///   - seed: the same seed gives the same starts.
  public func offsets(count: Int, ramp: Duration, seed: UInt64) -> [Duration] {
    var random = SplitMix64(seed: seed)
    let mean = ramp.inSeconds / Double(max(1, count))
    var at = 0.0
    return (0..<count).map { index in
      switch self {
      case .allAtOnce: return .zero
      case .uniform: return .nanoseconds(Int64(mean * Double(index) * 1e9))
      case .poisson:
        // The first comes at once, so that a run of one player has no empty start.
        if index > 0 { at -= mean * log(Double.random(in: Double.leastNonzeroMagnitude...1, using: &random)) }
        return .nanoseconds(Int64(at * 1e9))
      }
    }
  }
}
