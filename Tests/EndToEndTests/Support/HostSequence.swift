import Dispatch
import Handshake
import Logging
import MediaUnits
import SessionProtocol
import StreamPlayer
import Synchronization

/// Offers one host after the other.
final class HostSequence: HostSource {
  private let left: Mutex<[HostOffer]>
  private let lost = Mutex<[PlayerEnd]>([])

  init(_ offers: [HostOffer]) {
    self.left = Mutex(offers)
  }

  /// How hosts were lost, in order.
  var losses: [PlayerEnd] { self.lost.withLock { $0 } }
  var hasAlternatives: Bool { true }

  func nextHost(after lost: LostHost?) async -> HostOffer? {
    if let lost { self.lost.withLock { $0.append(lost.end) } }
    return self.left.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }

  func started(_ figures: StartFigures) {}
}

extension PlayerClient {
  /// Plays on a thread of its own until the session ends.
  func play() async throws -> Outcome {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "player").async {
        continuation.resume(with: Result { try self.run { _ in } })
      }
    }
  }
}
