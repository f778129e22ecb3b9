import IndexAPI
import Matching

/// The last decisions, by session.
struct DecisionLedger {
  private let capacity: Int
  private var records: [SessionID: DecisionRecord] = [:]
  /// In the order of arrival, around.
  private var order: [SessionID] = []
  private var next = 0

  init(capacity: Int) {
    precondition(capacity > 0, "the ledger keeps something")
    self.capacity = capacity
  }

  subscript(session: SessionID) -> DecisionRecord? { self.records[session] }

  mutating func keep(_ record: DecisionRecord, of session: SessionID) {
    guard self.records.updateValue(record, forKey: session) == nil else { return }
    if self.order.count < self.capacity {
      self.order.append(session)
    } else {
      self.records.removeValue(forKey: self.order[self.next])
      self.order[self.next] = session
      self.next = (self.next + 1) % self.capacity
    }
  }
}
