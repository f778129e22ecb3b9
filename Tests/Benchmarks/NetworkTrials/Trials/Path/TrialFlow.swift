internal import MediaUnits

/// One sender and its receiver, on a path that others may share.
protocol TrialFlow: AnyObject {
  /// When ``advance(now:_:)`` must be called next, if nothing arrives before.
  var deadline: Instant { get }
  /// A datagram reached the receiver.
  func receive(_ packet: TrialPacket, now: Instant)
  /// A datagram reached the sender.
  func receiveAnswer(_ packet: TrialPacket, now: Instant)
  /// Does what is due.
  ///
  /// - Parameter send: takes a datagram and whether it goes to the receiver.
  func advance(now: Instant, _ send: (TrialPacket, _ isForward: Bool) -> Void)
}

/// A flow of pictures.
protocol PictureFlow: TrialFlow {
  var record: PictureRecord { get }
}
