public import IndexAPI

extension ModelState {
  /// What commands have touched, each thing once, in the order of first touch.
  public struct Touched: Sendable {
    /// Hosts whose row differs.
    public internal(set) var hosts: [HostID] = []
    /// Hosts whose own words differ; they are among ``hosts`` too.
    public internal(set) var records: [HostID] = []
    public internal(set) var sessions: [SessionID] = []
    public internal(set) var indexers: [String] = []
    /// Commands that were applied for the first time, with their outcomes.
    public internal(set) var commands: [(id: RequestID, outcome: Outcome)] = []
    /// What readers of changes are told; a session's change brings its host.
    public internal(set) var changes: [ChangeKey] = []

    var known: Set<ChangeKey> = []
    var changed: Set<ChangeKey> = []
    var knownRecords: Set<HostID> = []

    public var isEmpty: Bool { self.commands.isEmpty }
  }
}
