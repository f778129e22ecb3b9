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
  /// Nobody named a host to play on; the text says why.
  case noHost(String)
  /// The host answered and declined.
  case refused(SessionRefusal)
  /// Something on this machine failed; the text says what.
  case failed(String)
}

extension PlayerEnd {
  /// For people, without the host's name.
  var sentence: String {
    switch self {
    case .finished: "done"
    case .closedByHost(let reason): reason ?? "it said goodbye"
    case .hostLost: "it is gone"
    case .unreachable: "it does not answer"
    case .wrongHostKey: "it does not have the key that it should have"
    case .refused(let refusal): "it declined: \(refusal.text)"
    case .noHost(let text), .failed(let text): text
    }
  }
}
