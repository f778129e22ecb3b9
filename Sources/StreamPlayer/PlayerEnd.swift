public import SessionProtocol

/// Why a player's session is over.
public enum PlayerEnd: Hashable, Sendable {
  /// The player wanted to: its time was up, its window was closed, it was told to stop.
  case finished
  /// The host said goodbye, with its reason if it gave one.
  case closedByHost(reason: String?)
  /// The host fell silent and did not come back within the resume window.
  case hostLost
  /// The host never answered.
  case unreachable
  /// Something answered, but not with the host key that the address names.
  case wrongHostKey
  /// The host answered and declined.
  case refused(SessionRefusal)
  /// Something on this machine failed; the text says what.
  case failed(String)
}
