internal import MediaUnits

/// What became of one datagram.
struct PacketResult: Hashable, Sendable {
  var sentAt: Instant
  /// `nil` if it was lost.
  var arrivedAt: Instant?
  var byteCount: Int
  /// The probe that it belonged to.
  var cluster: Int?
}
