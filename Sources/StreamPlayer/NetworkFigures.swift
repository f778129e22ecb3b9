public import MediaUnits
public import SessionProtocol
public import Transport

/// What the network thread knows, for the status line and the summary.
public struct NetworkFigures: Sendable {
  public var statistics = PlayerSession.Statistics()
  /// `nil` before the first exchange of reports.
  public var roundTrip: Duration?
  /// Twice the most by which the host's instants can be off on this machine's clock.
  public var clockUncertainty: Duration = .zero
  /// Datagrams that failed authentication, were replayed, or belong to nothing.
  public var rejectedDatagrams = 0
  /// Times that the session was resumed.
  public var resumptions = 0
  /// What the host granted; `nil` before it has.
  public var grant: SessionGrant?
  /// On what the host streams at present; `nil` before the grant.
  public var terms: StreamTerms?
  /// First hello → grant.
  public var handshakeTime: Duration = .zero
  /// When the first packet of media came; `nil` before.
  public var firstPacketAt: Instant?
  /// When the host that is played on was last heard; `nil` while there is none.
  public var lastHeardAt: Instant?
  /// The host that was turned to last, whether it served or not.
  public var lastTried: HostAddress?
  /// Every host that was played on, in order.
  public var hosts: [HostOffer] = []
  public var inputEventsSent = 0
  /// When the first hello left; zero before.
  public var startedAt = Instant.zero

  public init() {}
}
