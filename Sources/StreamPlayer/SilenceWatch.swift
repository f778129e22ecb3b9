import DatagramIO
import MediaUnits

/// Tells a host that is gone from one that is out of reach for a moment.
///
/// A host sends a report at least every 250 ms, so a longer silence is one. Used by the network thread alone.
struct SilenceWatch {
  /// A host whose system says that its port is closed needs no further patience.
  private static let firstKnock: Duration = .milliseconds(400)
  private static let knockInterval: Duration = .milliseconds(100)
  private static let closedAfterRefusals = 2

  /// What to do about a silence.
  enum Verdict: Hashable {
    /// The host is there.
    case heard
    case wait
    /// Ask the host for new keys: the path may have changed.
    case resume
    /// Look for another host, too.
    case search
    /// The host is gone.
    case closed
  }

  /// How long a silence is borne before each.
  static let resumeAfter: Duration = .milliseconds(1200)
  static let searchAfter: Duration = .milliseconds(2500)

  private final class Knocker {
    var check: PortCheck

    init(_ address: SocketAddress) throws {
      self.check = try PortCheck(address)
    }
  }

  private var knocker: Knocker?
  private var nextKnock: Instant?
  /// When ``judge(lastHeardAt:address:now:)`` must be called next.
  private(set) var deadline: Instant?

  /// The host has been heard, or there is none.
  mutating func reset() {
    self = SilenceWatch()
  }

  mutating func judge(lastHeardAt: Instant, address: SocketAddress, now: Instant) -> Verdict {
    let silence = now - lastHeardAt
    guard silence >= Self.firstKnock else {
      self.reset()
      self.deadline = lastHeardAt + Self.firstKnock
      return .heard
    }
    if self.knocker == nil { self.knocker = try? Knocker(address) }
    if self.nextKnock.map({ $0 <= now }) ?? true {
      self.knocker?.check.knock()
      self.nextKnock = now + Self.knockInterval
    }
    self.deadline = self.nextKnock
    if let knocker, knocker.check.refusalCount >= Self.closedAfterRefusals { return .closed }
    if silence >= Self.searchAfter { return .search }
    return silence >= Self.resumeAfter ? .resume : .wait
  }
}
