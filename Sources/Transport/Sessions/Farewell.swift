internal import MediaUnits

/// A goodbye on its way out. Nobody acknowledges it, so it leaves twice, far enough apart to outlive one burst of loss.
struct Farewell: Sendable {
  /// Bytes of the reason at most; RTCP has room for 255.
  private static let maximumByteCount = 200
  private static let interval: Duration = .milliseconds(40)

  let reason: String
  private(set) var dueAt = Instant.zero
  private var copiesLeft = 2

  /// - Parameter reason: for people; cut after 200 bytes of whole characters.
  init(reason: String) {
    var text = reason
    while text.utf8.count > Self.maximumByteCount { text.removeLast() }
    self.reason = text
  }

  /// What is left to do once a copy has been sent, or `nil` after the last.
  func next(now: Instant) -> Farewell? {
    guard self.copiesLeft > 1 else { return nil }
    var next = self
    next.copiesLeft -= 1
    next.dueAt = now + Self.interval
    return next
  }
}
