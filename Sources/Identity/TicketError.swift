/// Why a ticket, a queue ticket or a key set does not hold.
public enum TicketError: Error, Hashable, Sendable, CaseIterable {
  /// Not of the profile: too long, not base64url, another algorithm or type, a claim missing, twice or unknown.
  case malformed
  /// No key of that name is valid now.
  case unknownKey
  case wrongSignature
  /// For another host than this one.
  case otherHost
  /// Begins later, by more than clocks may differ.
  case notYet
  case expired
  /// No key set has come yet, so nothing can be checked.
  case noKeys
  /// The transport has proven another key than the ticket's.
  case otherPlayer
  case alreadyUsed
  /// More tickets of the last minutes must be remembered than there is room for.
  case tooMany
}
