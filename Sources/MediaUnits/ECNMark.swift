/// How the network may mark, or has marked, a packet instead of dropping it.
///
/// - Spec: RFC 3168 §5, RFC 9331 §2.
public enum ECNMark: UInt8, Hashable, Sendable {
  case notCapable = 0
  /// Sent by an end that reacts to each mark finely: L4S.
  case capable1 = 1
  case capable0 = 2
  case congestionExperienced = 3
}

extension ECNMark {
  /// What a queue makes of it that marks: packets whose sender does not react to marks keep what they have.
  public var marked: ECNMark { self == .notCapable ? .notCapable : .congestionExperienced }
}
