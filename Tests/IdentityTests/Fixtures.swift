import IndexAPI
import Testing

@testable import Identity

/// The vectors' keys and times.
enum Fixtures {
  static let host = Self.key(0x01)
  static let player = Self.key(0x21)
  static let indexer = Self.key(0x41)
  static let otherIndexer = Self.key(0x61)
  static let stranger = Self.key(0x81)
  static let now: Int64 = 1_800_000_000
  static let epochKey = EpochKey(identity: indexer, epoch: EpochKey.epoch(at: now))
  static let keys = KeySet(identity: indexer, now: now)
  static let transportKey = [UInt8](repeating: 9, count: 32)

  static func ticket(
    session: UInt64 = 1,
    host: HostID = host.publicKey.hostID,
    transportKey: [UInt8] = transportKey,
    startBy: Int64 = now + 30
  ) -> Ticket {
    Ticket(
      session: SessionID(high: 0, low: session),
      host: host,
      player: self.player.publicKey.playerID,
      transportKey: transportKey,
      game: "freedoom",
      notBefore: min(self.now, startBy),
      startBy: startBy
    )
  }

  private static func key(_ first: UInt8) -> IdentityKey {
    guard let key = IdentityKey(seed: Array(first..<first + 32)) else { preconditionFailure("a seed has 32 bytes") }
    return key
  }
}
