public import IndexAPI

/// Round trips from one place in the network to its landmarks: small enough to be carried as text, and enough to estimate
/// the round trip to any other place that has one, without sending a packet.
///
/// The estimate is an upper bound as far as routes keep the triangle inequality: whoever can reach a landmark in `a` and
/// another in `b` can reach the other in `a + b` by way of it.
///
/// - Source: the ping location of Valve's isteamnetworkingutils.h.
public struct LandmarkVector: Hashable, Sendable {
  /// The most entries.
  public static let maximumCount = 8
  /// The longest round trip that counts.
  public static let maximumMicroseconds = 10_000_000

  /// The round trip to one landmark.
  public struct Entry: Hashable, Sendable {
    public var landmark: HostID
    /// 0 ... 10,000,000.
    public var microseconds: Int

    public init(landmark: HostID, microseconds: Int) {
      self.landmark = landmark
      self.microseconds = microseconds
    }
  }

  /// In the order in which they were given, no landmark twice.
  public let entries: [Entry]

  /// - Returns: `nil` if there are more than eight or none, a landmark comes twice, or a round trip is out of range.
  public init?(_ entries: [Entry]) {
    guard !entries.isEmpty, entries.count <= Self.maximumCount else { return nil }
    guard entries.allSatisfy({ (0...Self.maximumMicroseconds).contains($0.microseconds) }) else { return nil }
    for (index, entry) in entries.enumerated() {
      guard !entries[..<index].contains(where: { $0.landmark == entry.landmark }) else { return nil }
    }
    self.entries = entries
  }

  /// Reads `id:microseconds,id:microseconds`.
  ///
  /// - Returns: `nil` unless every part is right and the entries are as ``init(_:)-([Entry])`` wants them.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.maximumCount * 32 else { return nil }
    var entries: [Entry] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: ":", omittingEmptySubsequences: false)
      guard sides.count == 2, entries.count < Self.maximumCount else { return nil }
      guard sides[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
      guard let landmark = HostID(String(sides[0])), let microseconds = Int(sides[1]) else { return nil }
      entries.append(Entry(landmark: landmark, microseconds: microseconds))
    }
    self.init(entries)
  }

  /// What ``init(_:)-(String)`` reads.
  public var text: String {
    self.entries.map { "\($0.landmark):\($0.microseconds)" }.joined(separator: ",")
  }

  /// The shortest way by a landmark that both know; `nil` if there is none.
  public func estimate(to other: LandmarkVector) -> Duration? {
    var best: Int?
    for entry in self.entries {
      guard let match = other.entries.first(where: { $0.landmark == entry.landmark }) else { continue }
      best = min(best ?? .max, entry.microseconds + match.microseconds)
    }
    return best.map { .microseconds($0) }
  }
}
