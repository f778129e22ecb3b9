import Identity
import IndexAPI
import Matching
import MediaUnits
import Synchronization

/// Who gets in: fresh signatures, each once, and no more of them than agreed.
///
/// In parts with a lock each, so that requests on several cores seldom wait for each other.
final class RequestGate: Sendable {
  private final class Part: Sendable {
    let nonces: Mutex<NonceWindow>
    let keys: Mutex<RateLimiter<IdentityPublicKey>>
    let addresses: Mutex<RateLimiter<String>>

    init(limits: IndexerLimits) {
      self.nonces = Mutex(NonceWindow(capacity: 1 << 17))
      self.keys = Mutex(
        RateLimiter(tokensPerSecond: limits.requestsPerSecondOfKey, burst: limits.requestBurstOfKey)
      )
      self.addresses = Mutex(
        RateLimiter(
          tokensPerSecond: limits.requestsPerSecondOfAddress,
          burst: limits.requestBurstOfAddress,
          capacity: 1 << 13
        )
      )
    }
  }

  private static let partCount = 8

  private let parts: [Part]

  init(limits: IndexerLimits) {
    self.parts = (0..<Self.partCount).map { _ in Part(limits: limits) }
  }

  /// - Parameter unixSeconds: now.
  func admit(_ verified: RequestSignature.Verified, unixSeconds: Int64) throws(Problem) {
    let part = self.parts[Int(verified.nonce.low % UInt64(Self.partCount))]
    let failure = part.nonces.withLock { nonces -> NonceError? in
      do throws(NonceError) {
        try nonces.admit(verified, now: unixSeconds)
        return nil
      } catch {
        return error
      }
    }
    switch failure {
    case nil: return
    case .tooOld:
      throw Problem(.clockSkew, "Signed more than 30 s ago; this clock says \(unixSeconds) seconds since 1970.")
    case .tooNew:
      throw Problem(.clockSkew, "Signed more than 30 s ahead; this clock says \(unixSeconds) seconds since 1970.")
    case .replayed: throw Problem(.replayed, "Sign every request anew, with a nonce of its own.")
    case .full: throw Problem(.unavailable, "Too many requests must be remembered; ask again in a second.")
    }
  }

  /// - Returns: how long until the key may ask again; `nil` if it may now.
  func delay(of key: IdentityPublicKey, now: Instant) -> Duration? {
    self.parts[Int(key.bytes[0]) % Self.partCount].keys.withLock { $0.take(key, now: now) }
  }

  /// - Returns: how long until that address may ask again; `nil` if it may now.
  func delay(ofAddress address: String, now: Instant) -> Duration? {
    let index = address.utf8.reduce(0) { ($0 &* 31) &+ Int($1) } & (Self.partCount - 1)
    return self.parts[index].addresses.withLock { $0.take(address, now: now) }
  }
}
