import MediaUnits
import Presentation
import SessionProtocol
import SessionReport
import Transport

/// What one player does, over and over, and how long each of it took to show.
struct PlayerScript {
  /// Passes follow one another at least so far apart.
  private static let shortestPass: Duration = .seconds(1)
  /// Inputs that wait to be shown at most; more means that nothing shows them.
  private static let capacity = 4096

  private let script: InputScript
  private var startedAt: Instant?
  private var next = 0
  /// Sent and not shown yet, in order.
  private var pending: [(sequence: UInt32, sentAt: Instant)] = []

  init(_ script: InputScript) {
    self.script = script
  }

  var deadline: Instant {
    guard let startedAt, self.script.events.indices.contains(self.next) else { return .distantFuture }
    return startedAt + self.script.events[self.next].offset
  }

  /// The first frame is there.
  mutating func begin(now: Instant) {
    if self.startedAt == nil { self.startedAt = now }
  }

  /// Sends what is due.
  mutating func poll(now: Instant, _ send: (InputEvent) -> UInt32?) {
    // A script of one instant is no endless loop: its passes are a second apart.
    while self.deadline <= now {
      // Motion that has not left yet takes more motion with it.
      if let sequence = send(self.script.events[self.next].event), sequence != self.pending.last?.sequence,
        self.pending.count < Self.capacity
      {
        self.pending.append((sequence, now))
      }
      self.next += 1
      if self.next == self.script.events.count {
        self.next = 0
        self.startedAt? += max(self.script.duration, Self.shortestPass)
      }
    }
  }

  /// A frame came whose picture was captured when all inputs up to `sequence` had been applied.
  mutating func shown(_ sequence: UInt32, at instant: Instant, in histogram: inout LatencyHistogram) {
    var count = 0
    while count < self.pending.count, Int32(bitPattern: self.pending[count].sequence &- sequence) <= 0 {
      histogram.record(nanoseconds: (instant - self.pending[count].sentAt).wholeNanoseconds)
      count += 1
    }
    if count > 0 { self.pending.removeFirst(count) }
  }

  /// The player is done: what has been sent for so long without a sign of it never showed.
  mutating func finish(now: Instant, in histogram: inout LatencyHistogram) {
    for input in self.pending where now - input.sentAt > .seconds(1) { histogram.recordMissing() }
    self.pending = []
  }
}
