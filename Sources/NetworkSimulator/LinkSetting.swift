/// One condition of a link by its name, as commands and files write it.
public enum LinkSetting: Hashable, Sendable {
  /// Replaces all conditions but the trace and the outages.
  case profile(LinkConditions)
  case delay(Duration)
  case jitter(Duration)
  case loss(Double)
  case burstLoss(BurstLoss)
  case duplication(Double)
  case reordering(Double, by: Duration)
  /// Zero means unlimited.
  case rate(bitsPerSecond: Int64)
  case queue(Duration)
  case queueBytes(Int)
  case marking(Duration)
  case outage(Outage)

  /// The names that ``init(name:value:)`` knows.
  public static let names = [
    "profile", "delay", "jitter", "loss", "burst", "duplicate", "reorder", "rate", "queue", "mark", "outage",
  ]

  /// - Parameters:
  ///   - name: one of ``names``.
  ///   - value: such as `15ms`, `2%`, `20M`, `64KB`; `0.1%,4` for bursts (the chance to enter one, its mean length),
  ///     `1%,3ms` for reordering (the chance, how long it is held back), `10s+2s` or `10s+2s/30s` for an outage (its
  ///     start, its length, its period).
  /// - Throws: ``LinkSettingError``, which says what would be understood.
  public init(name: String, value: String) throws(LinkSettingError) {
    guard value.utf8.count <= 64 else { throw LinkSettingError(name: name, value: "", expected: "at most 64 bytes") }
    func understood<Value>(_ value: Value?, as expected: String, in text: String) throws(LinkSettingError) -> Value {
      guard let value else { throw LinkSettingError(name: name, value: text, expected: expected) }
      return value
    }
    switch name {
    case "profile":
      let names = LinkConditions.profiles.map(\.name).joined(separator: ", ")
      let profile = LinkConditions.profiles.first { $0.name == value }
      self = .profile(try understood(profile, as: "one of \(names)", in: value).conditions)
    case "delay": self = .delay(try understood(LinkValue.duration(value), as: "a time such as 15ms", in: value))
    case "jitter": self = .jitter(try understood(LinkValue.duration(value), as: "a time such as 3ms", in: value))
    case "loss": self = .loss(try understood(LinkValue.chance(value), as: "a share such as 2%", in: value))
    case "burst":
      self = .burstLoss(
        try understood(LinkValue.burst(value), as: "a chance and a mean length of 1 or more such as 0.1%,4", in: value)
      )
    case "duplicate":
      self = .duplication(try understood(LinkValue.chance(value), as: "a share such as 1%", in: value))
    case "reorder":
      let (chance, delay) = try understood(
        LinkValue.reordering(value),
        as: "a chance and a time such as 1%,3ms",
        in: value
      )
      self = .reordering(chance, by: delay)
    case "rate":
      let rate = try understood(
        LinkValue.rate(value),
        as: "a rate such as 20M or 500k, or unlimited; for a rate of nothing, use an outage",
        in: value
      )
      self = .rate(bitsPerSecond: rate)
    case "queue":
      if let duration = LinkValue.duration(value) {
        self = .queue(duration)
      } else {
        let expected = "a time such as 100ms or a size such as 64KB"
        self = .queueBytes(try understood(LinkValue.byteCount(value), as: expected, in: value))
      }
    case "mark": self = .marking(try understood(LinkValue.duration(value), as: "a time such as 5ms", in: value))
    case "outage":
      self = .outage(try understood(LinkValue.outage(value), as: "a start and a length such as 10s+2s", in: value))
    default:
      throw LinkSettingError(
        name: name,
        value: value,
        expected: "a name of \(Self.names.joined(separator: ", "))"
      )
    }
  }
}
