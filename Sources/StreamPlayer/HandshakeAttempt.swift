import DatagramIO
import Handshake
import MediaUnits

/// A handshake under way, and with whom.
struct HandshakeAttempt {
  let offer: HostOffer
  let address: SocketAddress
  let startedAt: Instant
  var handshake: PlayerHandshake
}
