/// What a whole session was like: everything that its reports show.
public struct SessionSummary: Hashable, Sendable {
  /// How long the player waited for the first picture, from its request to an indexer. Nanoseconds.
  public struct Start: Hashable, Sendable {
    public var ticketNanoseconds: Int64
    public var firstPacketNanoseconds: Int64
    public var firstFrameNanoseconds: Int64
    /// Whether the game stood ready; `nil` where nobody said.
    public var isWarm: Bool?

    public init(
      ticketNanoseconds: Int64,
      firstPacketNanoseconds: Int64,
      firstFrameNanoseconds: Int64,
      isWarm: Bool?
    ) {
      self.ticketNanoseconds = ticketNanoseconds
      self.firstPacketNanoseconds = firstPacketNanoseconds
      self.firstFrameNanoseconds = firstFrameNanoseconds
      self.isWarm = isWarm
    }
  }

  // Who and what.

  /// The address or name of the host, the last one if there were several.
  public var host = ""
  /// Hosts that were played on.
  public var hostCount: Int64 = 0
  /// From the last picture of one host to the first of the next, nanoseconds; at most
  /// ``SessionRecorder/maximumGapCount`` are kept.
  public var hostGapNanoseconds: [Int64] = []
  /// What was played; empty where the host does not say.
  public var game = ""
  public var pictureWidth: Int64 = 0
  public var pictureHeight: Int64 = 0
  /// Pictures a second that were agreed on.
  public var frameRate: Int64 = 0

  // How long, and how it began. Nanoseconds; 0 where not known.

  /// `nil` where nobody was asked for a host.
  public var start: Start?

  /// From the first to the last moment of media.
  public var durationNanoseconds: Int64 = 0
  /// From the first handshake datagram to the authenticated answer.
  public var handshakeNanoseconds: Int64 = 0
  /// From the first handshake datagram to the first decoded picture.
  public var firstPictureNanoseconds: Int64 = 0

  // Frames.

  public var framesCaptured: Int64 = 0
  /// Frames of which at least one packet came.
  public var framesReceived: Int64 = 0
  public var framesDecoded: Int64 = 0
  /// Frames that were captured and never decoded.
  public var framesLost: Int64 = 0
  /// Frames decoded more than ``SessionRecorder/lateNanoseconds`` after the game had drawn them.
  public var framesLate: Int64 = 0
  public var keyframes: Int64 = 0
  /// How often the picture became whole again after a loss because it was drawn anew part by part.
  public var refreshes: Int64 = 0

  // Packets and sound.

  public var bytesReceived: Int64 = 0
  public var packetsReceived: Int64 = 0
  public var packetsLost: Int64 = 0
  public var packetsRetransmitted: Int64 = 0
  public var audioPacketsReceived: Int64 = 0
  public var audioPacketsLost: Int64 = 0
  /// Sound packets whose gap was filled by guessing.
  public var audioPacketsConcealed: Int64 = 0
  /// `nil` where it was not played.
  public var playedSound: PlayedSound?

  // Time.

  public var stages = [LatencyHistogram](repeating: LatencyHistogram(), count: LatencyStage.allCases.count)
  /// Drawn on the host to decoded on the player; frames that never arrived are its missing ones.
  public var drawnToDecoded = LatencyHistogram()
  /// Input sent to the first picture decoded that the game had drawn knowing it.
  public var inputToDecoded = LatencyHistogram()
  public var roundTrip = LatencyHistogram()
  /// Where the picture froze, and why.
  public var stutter = StutterAnalysis()
  /// The session's course, at most ``SessionRecorder/maximumSampleCount`` samples.
  public var samples: [SecondSample] = []
  /// How many seconds each sample covers.
  public var secondsPerSample: Int64 = 1

  public init() {}

  /// The mean rate of what was received; 0 for a session without media.
  public var bitsPerSecond: Double {
    self.durationNanoseconds == 0 ? 0 : Double(self.bytesReceived) * 8e9 / Double(self.durationNanoseconds)
  }

  /// Pictures decoded a second.
  public var decodedPerSecond: Double {
    self.durationNanoseconds == 0 ? 0 : Double(self.framesDecoded) * 1e9 / Double(self.durationNanoseconds)
  }

  /// Packets lost on the way before repair, 0 … 1.
  public var packetLossFraction: Double {
    let total = self.packetsReceived + self.packetsLost
    return total == 0 ? 0 : Double(self.packetsLost) / Double(total)
  }
}
