extension PlayerSession {
  /// Figures for the status line, the summary and tests.
  public struct Statistics: Hashable, Sendable {
    public var framesDelivered = 0
    /// Frames that the host sent and that could not be decoded.
    public var framesLost = 0
    public var packetsReceived = 0
    public var packetsRepaired = 0
    /// Packets made anew from parity.
    public var packetsRebuilt = 0
    /// Packets of the video stream that never came, as RFC 3550 counts them.
    public var packetsLost = 0
    public var repeatRequests = 0
    public var keyframeRequests = 0
    /// How often the picture became whole again after a loss because it was drawn anew part by part.
    public var refreshes = 0
    public var audioPacketsReceived = 0
    /// Packets of sound that are played from the copy in a later one.
    public var audioPacketsRecovered = 0
    public var audioPacketsLost = 0
    public var malformedPackets = 0
    public var bytesReceived = 0

    public init() {}

    /// The figures of one session and of the one that resumed it, together.
    public static func + (first: Statistics, second: Statistics) -> Statistics {
      var sum = Statistics()
      for field in [
        \Statistics.framesDelivered, \.framesLost, \.packetsReceived, \.packetsRepaired, \.packetsRebuilt,
        \.packetsLost, \.repeatRequests, \.keyframeRequests, \.refreshes, \.audioPacketsReceived,
        \.audioPacketsRecovered, \.audioPacketsLost, \.malformedPackets, \.bytesReceived,
      ] {
        sum[keyPath: field] = first[keyPath: field] + second[keyPath: field]
      }
      return sum
    }
  }
}
