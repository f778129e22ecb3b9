import LinkEmulator
import MediaUnits
import NetworkSimulator

extension LinkReport {
  /// What was done, for people or for programs.
  func text(json: Bool) -> String {
    guard json else {
      return "\(self.totalClientCount) clients, \(self.refused) datagrams refused\n"
        + "up    \(self.up.line)\ndown  \(self.down.line)"
    }
    return "{\"clients\":\(self.totalClientCount),\"first_client_ns\":\(self.firstClientAt?.nanoseconds ?? 0),"
      + "\"refused\":\(self.refused),\"up\":\(self.up.json),\"down\":\(self.down.json)}"
  }
}

extension LinkStatistics {
  fileprivate var line: String {
    "\(self.sent) sent, \(self.delivered) delivered, \(self.lost) lost, \(self.queueDropped) dropped by a full queue, "
      + "\(self.duplicated) duplicated, \(self.reordered) reordered, \(self.marked) marked; "
      + "longest wait \(self.longestWait.inMilliseconds) ms"
  }

  fileprivate var json: String {
    "{\"sent\":\(self.sent),\"sent_bytes\":\(self.sentByteCount),\"delivered\":\(self.delivered),"
      + "\"delivered_bytes\":\(self.deliveredByteCount),\"lost\":\(self.lost),\"queue_dropped\":\(self.queueDropped),"
      + "\"duplicated\":\(self.duplicated),\"reordered\":\(self.reordered),\"marked\":\(self.marked),"
      + "\"longest_wait_ns\":\(self.longestWait.wholeNanoseconds)}"
  }
}
