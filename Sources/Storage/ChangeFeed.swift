public import MediaUnits

/// The last changes of one writer, numbered from one on, for readers in the same process.
public struct ChangeFeed: Sendable {
  /// Changes are removed so many at a time, or the array would be moved for each.
  private static let strideCount = 4096

  private var keys: [ChangeKey] = []
  /// The number of the first of ``keys``.
  private var first: Int64

  /// - Parameter number: the last number that has been given.
  public init(after number: Int64 = 0) {
    self.first = number + 1
  }

  /// The number of the last change.
  public var last: Int64 { self.first + Int64(self.keys.count) - 1 }

  /// - Parameter count: how many changes are kept at least.
  public mutating func append(_ keys: [ChangeKey], keeping count: Int) {
    self.keys += keys
    let excess = self.keys.count - count
    guard excess > Self.strideCount else { return }
    self.keys.removeFirst(excess)
    self.first += Int64(excess)
  }

  /// Makes every cursor outdated: changes may have been made that nobody noted.
  public mutating func interrupt() {
    self.first = self.last + 2
    self.keys = []
  }

  /// What was changed after the change `number`, each thing once and as `model` has it; a session brings its host.
  ///
  /// - Returns: `nil` if some of these changes are no longer kept; otherwise also the last number read.
  public func changes(
    after number: Int64,
    limit: Int,
    in model: ModelState,
    now: Instant
  ) -> (changes: [Change], last: Int64)? {
    guard number >= self.first - 1 else { return nil }
    let keys = self.keys[Int(min(number, self.last) - self.first + 1)...].prefix(max(0, limit))
    var seen: Set<ChangeKey> = []
    var changes: [Change] = []
    for key in keys where seen.insert(key).inserted {
      switch key {
      case .host(let id):
        if let host = model.hosts[id] { changes.append(.host(host)) }
      case .session(let id):
        guard let session = model.sessions[id] else { continue }
        if seen.insert(.host(session.host)).inserted, let host = model.hosts[session.host] {
          changes.append(.host(host))
        }
        changes.append(.session(session.row(now: now)))
      case .indexer(let name):
        if let indexer = model.indexers[name] { changes.append(.indexer(indexer.row(now: now))) }
      }
    }
    return (changes, max(number, self.first + Int64(keys.endIndex) - 1))
  }
}
