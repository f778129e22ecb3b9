public import IndexAPI

/// What a change is about.
public enum ChangeKey: Hashable, Sendable {
  case host(HostID)
  case session(SessionID)
  case indexer(String)
}
