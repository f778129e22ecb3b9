import MediaUnits
import SessionProtocol
internal import SessionReport
import Transport

/// What a load test found out.
public struct LoadResult: Codable, Sendable {
  /// What one of the machines says of itself.
  public struct Machine: Codable, Hashable, Sendable {
    /// Cores that its process used.
    public var processorCores: Double
    /// The part of the run in which the measuring thread was busy, 0 ... 1.
    public var threadBusyShare: Double
    /// Whether this machine, not the network or the host, limits what was measured.
    public var isLimiting: Bool

    public init(processorCores: Double, threadBusyShare: Double, isLimiting: Bool) {
      self.processorCores = processorCores
      self.threadBusyShare = threadBusyShare
      self.isLimiting = isLimiting
    }
  }

  /// The form that is written and read.
  public static let currentVersion = 2

  public var version = Self.currentVersion
  /// Where the players went, sorted.
  public var hosts: [String]
  public var players: Int64
  /// Players that saw a whole frame.
  public var playersWithPicture: Int64
  /// The longest run.
  public var seconds: Double
  /// Each player's end that nobody wanted, with how often.
  public var failures: [String: Int64]
  /// By name; times in milliseconds, with the histogram that they come from.
  public var latencies: [String: Latency]
  public var frames: Int64
  public var framesMissing: Int64
  /// Frames and missing ones' places that were older than 100 ms when there was something to show.
  public var framesLate: Int64
  /// The same, older than 200 ms.
  public var framesStalled: Int64
  public var freezes: Int64
  public var freezeNanoseconds: Int64
  /// From each player's first whole frame to its last, added up.
  public var watchedNanoseconds: Int64
  public var bytesReceived: Int64
  public var packetsLost: Int64
  /// The machines that ran players, one a run.
  public var machines: [Machine]

  /// Whether one of the machines that measured is what limits.
  public var isLimitedByMachine: Bool { self.machines.contains(where: \.isLimiting) }

  init(_ configuration: LoadConfiguration, players: [HeadlessPlayer], machine: MachineLoad, took: Duration) {
    var (meter, failures) = (FrameMeter(), [String: Int64]())
    var (firstPacket, firstFrame) = (LatencyHistogram(), LatencyHistogram())
    for player in players {
      meter.merge(player.meter)
      if let failure = player.failure { failures[failure, default: 0] += 1 }
      guard let start = player.startedAt else { continue }
      // Counted from when the player was due, so that a late start of ours is not hidden.
      func record(_ at: Instant?, in histogram: inout LatencyHistogram) {
        if let at {
          histogram.record(nanoseconds: (at - min(start, player.startsAt)).wholeNanoseconds)
        } else {
          histogram.recordMissing()
        }
      }
      record(player.firstPacketAt, in: &firstPacket)
      record(player.firstFrameAt, in: &firstFrame)
    }
    self.hosts = ["\(configuration.host.host):\(configuration.host.port)"]
    self.players = Int64(players.count)
    self.playersWithPicture = Int64(players.count { $0.firstFrameAt != nil })
    self.seconds = took.inSeconds
    self.failures = failures
    self.latencies = [
      "request-to-first-packet": Latency(firstPacket), "request-to-first-frame": Latency(firstFrame),
      "capture-to-complete": Latency(meter.captureToComplete), "encode": Latency(meter.encode),
      "network": Latency(meter.network), "assemble": Latency(meter.assemble), "frame-gap": Latency(meter.gap),
      "timer-lateness": Latency(machine.lateness),
    ]
    self.frames = meter.frameCount
    self.framesMissing = meter.missingCount
    self.framesLate = meter.lateCount
    self.framesStalled = meter.stallCount
    self.freezes = meter.freezeCount
    self.freezeNanoseconds = meter.freezeNanoseconds
    self.watchedNanoseconds = meter.watchedNanoseconds
    self.bytesReceived = Int64(players.reduce(0) { $0 + $1.statistics.bytesReceived })
    self.packetsLost = Int64(players.reduce(0) { $0 + $1.statistics.packetsLost })
    let share = machine.busyShare(of: took)
    let isLate = (machine.lateness.percentile(99) ?? 0) > MachineLoad.worryingLateness
    self.machines = [
      Machine(
        processorCores: machine.processorCores(of: took),
        threadBusyShare: share,
        isLimiting: isLate || share > MachineLoad.worryingShare
      )
    ]
  }
}
