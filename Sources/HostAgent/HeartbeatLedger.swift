import IndexAPI

/// What heartbeats carry beside the present: their number, and what must be repeated until it is acknowledged.
struct HeartbeatLedger: Sendable {
  /// Ended sessions that are remembered at most, and said in one heartbeat at most.
  static let capacity = 1024
  static let perHeartbeat = 64

  private(set) var sequence: UInt64 = 0
  private(set) var ended: [Heartbeat.Ended] = []
  /// As ``LandmarkVector`` text.
  var landmarks = ""

  /// Makes the next heartbeat.
  ///
  /// - Parameter newlyEnded: sessions that ended since the last call.
  mutating func heartbeat(
    epoch: Int,
    status: MachineStatus,
    newlyEnded: [Heartbeat.Ended],
    encoderLoad: Double,
    game: String
  ) -> Heartbeat {
    self.sequence += 1
    self.ended = Array((self.ended + newlyEnded).suffix(Self.capacity))
    return Heartbeat(
      epoch: epoch,
      sequence: self.sequence,
      state: status.isDraining ? .draining : .standby,
      freeSeats: status.freeSeats,
      encoderLoad: encoderLoad,
      games: [Heartbeat.Warmth(name: game, warm: status.warmStages)],
      sessions: status.sessions,
      ended: Array(self.ended.prefix(Self.perHeartbeat)),
      landmarks: self.landmarks
    )
  }

  /// The indexer has a heartbeat.
  ///
  /// - Returns: whether there is more to say at once.
  mutating func acknowledged(_ heartbeat: Heartbeat) -> Bool {
    let told = Set(heartbeat.ended)
    self.ended.removeAll { told.contains($0) }
    return !self.ended.isEmpty
  }
}
