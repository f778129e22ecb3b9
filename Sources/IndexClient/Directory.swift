import Foundation
import Identity
import Synchronization

/// The indexers that a client knows, which of them answered last, and whose key sets it believes.
final class Directory: Sendable {
  private struct State {
    var addresses: [IndexerAddress]
    var preferred = 0
    /// Keys whose holders' key sets are believed; empty until the first is seen, where none is pinned.
    var trusted: Set<IdentityPublicKey>
    let isPinned: Bool
    /// Bases of indexers that have shown a key set which is believed.
    var proved: Set<String> = []
  }

  /// Indexers that are remembered at most.
  private static let capacity = 32

  private let state: Mutex<State>

  init(_ addresses: [IndexerAddress]) {
    let pinned = Set(addresses.compactMap(\.key))
    self.state = Mutex(State(addresses: addresses, trusted: pinned, isPinned: !pinned.isEmpty))
  }

  /// All of them, the one that answered last first.
  var order: [IndexerAddress] {
    self.state.withLock { state in
      Array(state.addresses[state.preferred...] + state.addresses[..<state.preferred])
    }
  }

  func prefer(_ address: IndexerAddress) {
    self.state.withLock { state in
      if let index = state.addresses.firstIndex(of: address) { state.preferred = index }
    }
  }

  /// Turns to the next, if it is still `address` that is preferred.
  func avoid(_ address: IndexerAddress) {
    self.state.withLock { state in
      guard state.addresses[state.preferred] == address else { return }
      state.preferred = (state.preferred + 1) % state.addresses.count
    }
  }

  func learn(_ addresses: [IndexerAddress]) {
    self.state.withLock { state in
      for address in addresses where state.addresses.count < Self.capacity {
        guard !state.addresses.contains(where: { $0.base == address.base }) else { continue }
        state.addresses.append(address)
      }
    }
  }

  /// Whether keys are pinned and this indexer has not shown yet that it holds one, or that one vouches for it.
  func needsProof(_ address: IndexerAddress) -> Bool {
    self.state.withLock { $0.isPinned && !$0.proved.contains(address.base) }
  }

  func proved(_ address: IndexerAddress) {
    _ = self.state.withLock { $0.proved.insert(address.base) }
  }

  /// Checks a key set against whom this client trusts, and trusts whom the set vouches for.
  func verify(_ text: String, now: Int64) throws(TicketError) -> KeySet {
    let set = try KeySet(verifying: text, root: nil, now: now)
    let isTrusted = self.state.withLock { state in
      guard state.trusted.isEmpty || state.trusted.contains(set.signer) else { return false }
      state.trusted.formUnion([set.signer] + set.entries.map(\.indexer))
      return true
    }
    guard isTrusted else { throw .unknownKey }
    return set
  }
}
