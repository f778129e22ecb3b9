public import DatagramIO

/// A network of chosen quality that runs until it is stopped.
public protocol EmulatedLink: Sendable {
  /// What was done until the last packet came or left.
  var report: LinkReport { get }
  /// Why it ceased to work by itself; `nil` while it works.
  var failure: SocketError? { get }

  /// Ends it; what is under way is dropped.
  ///
  /// - Returns: what was done in all.
  @discardableResult
  func stop() -> LinkReport
}
