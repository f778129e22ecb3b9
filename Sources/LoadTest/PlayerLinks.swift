import MediaUnits
import NetworkSimulator

/// One player's emulated network, each way. The same model as `martlet link`, within the load's own thread.
struct PlayerLinks {
  /// IPv4 and UDP headers, which take their share of a bottleneck too.
  static let headerByteCount = 28

  var up: SimulatedLink<[UInt8]>
  var down: SimulatedLink<[UInt8]>

  /// - Parameter player: its number; each draws its own chance.
  init(_ link: LoadConfiguration.Link, seed: UInt64, player: Int, now: Instant) {
    let seed = seed &+ UInt64(truncatingIfNeeded: player) &* 0x9E37_79B9_7F4A_7C15
    self.up = SimulatedLink(link.up, seed: seed, start: now)
    self.down = SimulatedLink(link.down, seed: ~seed, start: now)
  }

  var deadline: Instant { min(self.up.deadline ?? .distantFuture, self.down.deadline ?? .distantFuture) }
}
