public import IndexAPI

/// Who may have a session.
public enum HostAdmission: Hashable, Sendable {
  /// Whoever knows the host's address.
  case open
  /// Who has a ticket for this host from an indexer whose keys the host was given; see ``HostServer/setKeys(_:)``.
  ///
  /// - `host`: the name that tickets must be for.
  /// - `allowsDirect`: whether players without a ticket are taken too, while seats are free.
  case tickets(host: HostID, allowsDirect: Bool)
}
