internal import MediaUnits

/// Whether a lost packet is still worth sending again, and how often at once.
///
/// A packet that is missing has a deadline, after which its picture would only come late. While another round of
/// request and answer fits before it, one copy is enough: if that is lost too, the player asks again. In the last
/// round nobody can ask again, so that several copies go out, apart in time, because losses come in bursts.
///
/// - Spec: Protocol/feedback.md §3.
/// - Source: Z. Meng et al., "Hairpin: Rethinking Packet Loss Recovery in Edge-based Interactive Video Streaming",
///   NSDI 2024, for the idea that redundancy belongs into the last round.
public struct RepairRule: Hashable, Sendable {
  /// Three frames at 60 Hz: how much later than its way takes a packet may come before the eye notices.
  public static let defaultPatience: Duration = .milliseconds(50)
  /// Between the copies of one packet.
  public static let copySpacing: Duration = .milliseconds(1)
  /// A receiver's timer and the packets' own length, on top of a round trip.
  private static let roundMargin: Duration = .milliseconds(2)
  /// However long a round trip takes, a picture that stood still for this long is better drawn anew.
  private static let longestPatience: Duration = .milliseconds(300)

  /// How long the path may be busy with the answer to one request.
  private static let longestBusyTime: Duration = .milliseconds(8)

  /// However short the round trip, requests this close together are one request that was sent twice.
  private static let shortestAnswerInterval: Duration = .milliseconds(6)

  /// Smoothed.
  public var roundTrip: Duration
  /// How much round trips vary; the receiver's timers count it in.
  public var deviation: Duration
  /// See ``defaultPatience``.
  public var patience: Duration
  /// How long the path is busy with one packet; zero if that is not known.
  public var packetTime: Duration
  /// How long packets wait at the bottleneck: so much later the receiver begins to miss one.
  public var queueTime: Duration

  public init(
    roundTrip: Duration,
    deviation: Duration = .zero,
    patience: Duration = RepairRule.defaultPatience,
    packetTime: Duration = .zero,
    queueTime: Duration = .zero
  ) {
    self.roundTrip = roundTrip
    self.deviation = deviation
    self.patience = patience
    self.packetTime = packetTime
    self.queueTime = queueTime
  }

  /// The age at which a packet may last be sent again, counted from when it was first sent.
  ///
  /// What arrives later finds that the receiver has given up: two and a half round trips, as
  /// ``NACKGenerator`` waits, or ``patience`` if that is longer, from when it misses the packet.
  public var latestAge: Duration {
    let patience = max(self.patience, self.roundTrip * 5 / 2 + .milliseconds(10))
    return min(patience + min(self.queueTime, self.patience), Self.longestPatience)
  }

  /// A request for a packet that comes sooner than this after its repeat was sent is the one that was answered.
  ///
  /// A receiver says a request again after half a round trip and its deviation, and asks anew after the whole.
  public var answerInterval: Duration {
    max((self.roundTrip + self.deviation) * 3 / 4, Self.shortestAnswerInterval)
  }

  /// How often to send a packet of this age when it is asked for; 0 if it would come too late.
  ///
  /// - Parameters:
  ///   - age: since it was first sent.
  ///   - missingCount: packets that are asked for together; the more, the fewer copies of each.
  public func copies(age: Duration, missingCount: Int) -> Int {
    guard age <= self.latestAge else { return 0 }
    if age + self.roundTrip + Self.roundMargin <= self.patience { return 1 }
    let most = missingCount <= 3 ? 3 : 2
    guard self.packetTime > .zero else { return most }
    // On a slow path copies would keep out what they are to save: the next frames.
    let fitting = Int(Self.longestBusyTime / (self.packetTime * max(1, missingCount)))
    return min(most, max(1, fitting))
  }
}
