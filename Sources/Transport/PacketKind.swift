/// Which half of SRTP protects a packet.
public enum PacketKind: Hashable, Sendable {
  case rtp
  case rtcp
}
