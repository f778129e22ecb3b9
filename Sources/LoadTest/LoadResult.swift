import MediaUnits
import SessionProtocol
public import SessionReport
import Transport

/// What a load test found out.
public struct LoadResult: Codable, Sendable {
  /// Percentiles in milliseconds; `nil` where so many never happened.
  public struct Latency: Codable, Sendable {
    public var count: Int64
    public var missing: Int64
    public var p50: Double?
    public var p95: Double?
    public var p99: Double?
    public var p999: Double?
    public var max: Double

    public init(_ histogram: LatencyHistogram) {
      func at(_ percent: Double) -> Double? { histogram.percentile(percent).map { Double($0) / 1e6 } }
      self.count = histogram.count
      self.missing = histogram.missingCount
      (self.p50, self.p95, self.p99, self.p999) = (at(50), at(95), at(99), at(99.9))
      self.max = Double(histogram.maximumNanoseconds) / 1e6
    }
  }

  /// Of this form.
  public var version = 1
  public var host: String
  public var players: Int
  /// Players that saw a whole frame.
  public var playersWithPicture: Int
  public var seconds: Double
  /// Each player's end that nobody wanted, with how often.
  public var failures: [String: Int]
  /// By name; times in milliseconds.
  public var latencies: [String: Latency]
  public var frames: Int64
  public var framesMissing: Int64
  /// Frames and missing ones' places that were older than 100 ms when there was something to show.
  public var framesLate: Int64
  /// The same, older than 200 ms.
  public var framesStalled: Int64
  public var freezes: Int64
  public var freezeSeconds: Double
  public var bytesReceived: Int
  public var packetsLost: Int
  /// Cores that this process used.
  public var processorCores: Double
  /// The part of the run in which the measuring thread was busy, 0 ... 1.
  public var threadBusyShare: Double
  /// Whether this machine, not the network or the host, limits what was measured.
  public var isLimitedByThisMachine: Bool

  init(_ configuration: LoadConfiguration, players: [HeadlessPlayer], machine: MachineLoad, took: Duration) {
    var (meter, failures) = (FrameMeter(), [String: Int]())
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
    self.host = "\(configuration.host.host):\(configuration.host.port)"
    self.players = players.count
    self.playersWithPicture = players.count { $0.firstFrameAt != nil }
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
    self.freezeSeconds = Double(meter.freezeNanoseconds) / 1e9
    self.bytesReceived = players.reduce(0) { $0 + $1.statistics.bytesReceived }
    self.packetsLost = players.reduce(0) { $0 + $1.statistics.packetsLost }
    self.processorCores = machine.processorCores(of: took)
    self.threadBusyShare = machine.busyShare(of: took)
    let isLate = (machine.lateness.percentile(99) ?? 0) > MachineLoad.worryingLateness
    self.isLimitedByThisMachine = isLate || self.threadBusyShare > MachineLoad.worryingShare
  }
}
