import IndexAPI
import Testing

@testable import Identity

@Suite("The window of fresh requests")
struct NonceWindowTests {
  private static let now = Fixtures.now

  private static func request(
    nonce: UInt64 = 1,
    created: Int64 = now,
    key: IdentityKey = Fixtures.player
  ) -> RequestSignature.Verified {
    RequestSignature.Verified(key: key.publicKey, created: created, nonce: RequestID(high: 0, low: nonce))
  }

  @Test("lets a request in once, as long as it is fresh")
  func replay() throws {
    var window = NonceWindow()
    try window.admit(Self.request(), now: Self.now)
    Self.expect(.replayed, Self.request(), &window)
    Self.expect(.replayed, Self.request(), &window, now: Self.now + 30)
    Self.expect(.tooOld, Self.request(), &window, now: Self.now + 31)
  }

  @Test("tells requests apart by sender, nonce and second")
  func apart() throws {
    var window = NonceWindow()
    try window.admit(Self.request(), now: Self.now)
    try window.admit(Self.request(nonce: 2), now: Self.now)
    try window.admit(Self.request(key: Fixtures.host), now: Self.now)
    try window.admit(Self.request(created: Self.now - 1), now: Self.now)
    Self.expect(.replayed, Self.request(created: Self.now - 1), &window)
  }

  @Test("takes clocks that differ by 30 s, and no more")
  func skew() throws {
    var window = NonceWindow()
    try window.admit(Self.request(created: Self.now - 30), now: Self.now)
    try window.admit(Self.request(created: Self.now + 30), now: Self.now)
    Self.expect(.tooOld, Self.request(nonce: 2, created: Self.now - 31), &window)
    Self.expect(.tooNew, Self.request(nonce: 2, created: Self.now + 31), &window)
    Self.expect(.tooOld, Self.request(nonce: 2, created: .min), &window)
    Self.expect(.tooNew, Self.request(nonce: 2, created: .max), &window)
  }

  @Test("does not make old requests new when the clock is set back")
  func clockSetBack() throws {
    var window = NonceWindow()
    try window.admit(Self.request(), now: Self.now)
    try window.admit(Self.request(nonce: 2, created: Self.now + 60), now: Self.now + 60)
    Self.expect(.tooOld, Self.request(), &window)
  }

  @Test("remembers no more than it has room for, and has room again")
  func bounded() throws {
    var window = NonceWindow(toleranceSeconds: 2, capacity: 3)
    for nonce in 1...3 as ClosedRange<UInt64> { try window.admit(Self.request(nonce: nonce), now: Self.now) }
    Self.expect(.full, Self.request(nonce: 4), &window)
    Self.expect(.replayed, Self.request(nonce: 1), &window)
    for nonce in 4...6 as ClosedRange<UInt64> {
      try window.admit(Self.request(nonce: nonce, created: Self.now + 3), now: Self.now + 3)
    }
    Self.expect(.full, Self.request(nonce: 7, created: Self.now + 3), &window, now: Self.now + 3)
  }

  private static func expect(
    _ expected: NonceError,
    _ request: RequestSignature.Verified,
    _ window: inout NonceWindow,
    now: Int64 = now,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do throws(NonceError) {
      try window.admit(request, now: now)
      Issue.record("admitted", sourceLocation: sourceLocation)
    } catch {
      #expect(error == expected, sourceLocation: sourceLocation)
    }
  }
}
