import SeatHistory

/// One line of the record of a run. Instants are nanoseconds of the machine's monotonic clock.
struct Event: Codable, Sendable {
  enum What: String, Codable, Sendable {
    /// A host with ``seats``.
    case host
    /// Something done with a host's seats.
    case seats
    /// An indexer gave a seat: ``returned`` is when the player knew, ``invoked`` when it had asked.
    case match
    /// A player asked for its seat again, because there was no time left to use the ticket.
    case renewal
    /// An order or a wait in the queue ended without a seat.
    case refusal
    /// Nobody answered in time.
    case loss
    /// A host let a player in.
    case admission
    /// A host's home has changed.
    case registration
    /// A write at one indexer was seen at another ``returned`` - ``invoked`` after its acknowledgement.
    case propagation
    /// Something that must never happen; ``text`` says what.
    case violation
  }

  var what: What
  var host: String?
  var seats: Int?
  var operation: SeatOperation?
  /// The indexer's place in the list.
  var indexer: Int?
  var invoked: Int64?
  var returned: Int64?
  var text: String?

  init(
    _ what: What,
    host: String? = nil,
    seats: Int? = nil,
    operation: SeatOperation? = nil,
    indexer: Int? = nil,
    invoked: Int64? = nil,
    returned: Int64? = nil,
    text: String? = nil
  ) {
    self.what = what
    self.host = host
    self.seats = seats
    self.operation = operation
    self.indexer = indexer
    self.invoked = invoked
    self.returned = returned
    self.text = text
  }
}
