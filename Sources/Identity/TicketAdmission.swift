public import IndexAPI

/// A host's door: lets each ticket in once, and only with the player that it names.
///
/// - Spec: Protocol/identity.md §3.
public struct TicketAdmission: Sendable {
  /// Sessions that are remembered at most.
  public static let capacity = 65_536

  public let host: HostID
  /// What tickets are checked with; `nil` until an indexer has sent one.
  public var keys: KeySet?
  /// Sessions for which somebody was let in, by when no ticket for them can still be good: the one that was used need not
  /// be the last that was written.
  var used: [SessionID: Int64] = [:]
  private var nextPurge: Int64 = .min

  public init(host: HostID) {
    self.host = host
  }

  /// - Parameters:
  ///   - transportKey: the X25519 public key that the handshake has proven.
  ///   - now: seconds since 1970.
  /// - Throws: ``TicketError``; a ticket that is refused is not used up.
  public mutating func admit(_ bytes: [UInt8], transportKey: [UInt8], now: Int64) throws(TicketError) -> Ticket {
    guard let keys = self.keys else { throw .noKeys }
    let ticket = try Ticket(verifying: bytes, keys: keys, host: self.host, now: now)
    guard ticket.transportKey == transportKey else { throw .otherPlayer }
    if now >= self.nextPurge || self.used.count >= Self.capacity {
      self.used = self.used.filter { now < $0.value + Ticket.skewSeconds }
      self.nextPurge = now + Ticket.maximumLifetimeSeconds
    }
    guard self.used[ticket.session] == nil else { throw .alreadyUsed }
    guard self.used.count < Self.capacity else { throw .tooMany }
    self.used[ticket.session] = max(ticket.startBy, now + Ticket.maximumLifetimeSeconds)
    return ticket
  }

  /// Lets nobody in for a session whose ticket has not been used: it was given up.
  ///
  /// - Parameter now: seconds since 1970.
  /// - Returns: whether the session was not known before, and its ticket is worth nothing from now on.
  public mutating func refuse(_ session: SessionID, now: Int64) -> Bool {
    guard self.used[session] == nil, self.used.count < Self.capacity else { return false }
    self.used[session] = now + Ticket.maximumLifetimeSeconds
    return true
  }
}
