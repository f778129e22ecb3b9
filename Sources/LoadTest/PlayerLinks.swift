import MediaUnits
import NetworkSimulator

/// One player's emulated network, each way. The same model as `martlet link`, within the load's own thread.
struct PlayerLinks {
  /// IPv4 and UDP headers, which take their share of a bottleneck too.
  static let headerByteCount = 28

  /// What is under way, with the mark that it was sent with.
  struct Datagram: Sendable {
    var bytes: [UInt8]
    var ecn: ECNMark
  }

  var up: SimulatedLink<[UInt8]>
  var down: SimulatedLink<Datagram>

  /// - Parameter player: its number; each draws its own chance.
  init(_ link: LoadConfiguration.Link, seed: UInt64, player: Int, now: Instant) {
    let seed = seed &+ UInt64(truncatingIfNeeded: player) &* 0x9E37_79B9_7F4A_7C15
    self.up = SimulatedLink(link.up, seed: seed, start: now)
    self.down = SimulatedLink(link.down, seed: ~seed, start: now)
  }

  /// The next datagram that has come down by `now`, with the mark that it comes with.
  mutating func receive(now: Instant) -> Datagram? {
    guard let arrival = self.down.receiveArrival(now: now) else { return nil }
    var datagram = arrival.datagram
    if arrival.isMarked { datagram.ecn = datagram.ecn.marked }
    return datagram
  }

  var deadline: Instant { min(self.up.deadline ?? .distantFuture, self.down.deadline ?? .distantFuture) }
}
