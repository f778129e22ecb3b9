import Identity
import Synchronization

/// The keys that tickets are signed with, and the signed list of those that hold.
final class Keyring: Sendable {
  private struct Keys {
    var epoch: EpochKey
    var others: [KeySet.Entry] = []
    var set: KeySet
    var signedSet: String
    var signedOwnSet: String
  }

  private let identity: IdentityKey
  private let keys: Mutex<Keys>

  init(identity: IdentityKey, now: Int64) {
    self.identity = identity
    let set = KeySet(identity: identity, now: now)
    let signed = set.signed(by: identity, issued: now)
    self.keys = Mutex(
      Keys(
        epoch: EpochKey(identity: identity, epoch: EpochKey.epoch(at: now)),
        set: set,
        signedSet: signed,
        signedOwnSet: signed
      )
    )
  }

  /// What this indexer signs with now.
  var current: EpochKey { self.keys.withLock { $0.epoch } }
  /// The keys of every live indexer.
  var set: KeySet { self.keys.withLock { $0.set } }
  /// ``set``, signed by this indexer.
  var signedSet: String { self.keys.withLock { $0.signedSet } }
  /// This indexer's own keys alone, signed: what it announces.
  var signedOwnSet: String { self.keys.withLock { $0.signedOwnSet } }

  /// Takes over what other indexers announce, and the day that it is.
  ///
  /// - Returns: whether anything has changed, so hosts must be told.
  func update(others: [KeySet.Entry], now: Int64) -> Bool {
    self.keys.withLock { keys in
      let epoch = EpochKey.epoch(at: now)
      guard epoch != keys.epoch.epoch || others != keys.others else { return false }
      let own = KeySet(identity: self.identity, now: now)
      if epoch != keys.epoch.epoch {
        keys.epoch = EpochKey(identity: self.identity, epoch: epoch)
        keys.signedOwnSet = own.signed(by: self.identity, issued: now)
      }
      keys.others = others
      let all = own.entries + others.prefix(KeySet.maximumEntryCount - own.entries.count)
      keys.set = KeySet(entries: all, signer: self.identity.publicKey)
      keys.signedSet = keys.set.signed(by: self.identity, issued: now)
      return true
    }
  }
}
