import MediaUnits
import SessionProtocol
import SessionReport
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

  /// What players asked for.
  public struct Stream: Codable, Hashable, Sendable {
    public var width: Int
    public var height: Int
    public var frameRate: Int
    public var bitsPerSecond: Int64
    /// The emulated network, as it was asked for; empty for none.
    public var link: String
    public var decoding: String
    /// Whether players did something.
    public var hasInput: Bool
  }

  /// The same figures as of whole frames, of decoded pictures.
  public struct Decoded: Codable, Hashable, Sendable {
    public var players: Int64
    public var pictures: Int64
    public var missing: Int64
    public var late: Int64
    public var stalled: Int64
    public var freezes: Int64
    public var freezeNanoseconds: Int64
    public var watchedNanoseconds: Int64
    /// Frames that the decoder refused.
    public var failed: Int64
    /// Frames that were not decoded because the machine that measured was behind.
    public var skipped: Int64
  }

  /// The form that is written and read.
  public static let currentVersion = 4

  public var version = Self.currentVersion
  /// Where the players went, sorted.
  public var hosts: [String]
  /// What was asked for in each run, without repetition, in order.
  public var streams: [Stream]
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
  /// Pictures that hosts left out on purpose, before they were encoded.
  public var framesSkipped: Int64
  public var freezes: Int64
  public var freezeNanoseconds: Int64
  /// From each player's first whole frame to its last, or to where a wait that was going on was cut off, added up.
  public var watchedNanoseconds: Int64
  /// Everything that came, headers of RTP included.
  public var bytesReceived: Int64
  /// Of the frames alone.
  public var frameBytes: Int64
  public var packetsLost: Int64
  /// Packets that were made anew from parity.
  public var packetsRebuilt: Int64
  /// Silent hosts that were found again.
  public var resumptions: Int64
  /// `nil` where nothing was decoded.
  public var decoded: Decoded?
  public var series: LoadSeries
  /// What people would say of it; `nil` where too little was seen, or streams differ.
  public var opinion: Opinion?
  /// The machines that ran players, one a run.
  public var machines: [Machine]

  /// Whether one of the machines that measured is what limits.
  public var isLimitedByMachine: Bool { self.machines.contains(where: \.isLimiting) }
}

extension LoadResult {
  init(
    _ configuration: LoadConfiguration,
    players: [HeadlessPlayer],
    figures: LoadFigures,
    decoded: DecodeMeter?,
    machine: MachineLoad,
    took: Duration
  ) {
    let (meter, view) = (figures.meter, figures.meter.view)
    var failures: [String: Int64] = [:]
    var (firstPacket, firstFrame, meanAge) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
    for player in players {
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
      // One a player: a single player that is worse off than the others shows here.
      if player.track.meanAge > 0 { meanAge.record(nanoseconds: player.track.meanAge) }
    }
    if let failure = decoded?.failure { failures["nothing could be decoded: \(failure)", default: 0] += 1 }
    self.hosts = Set(players.compactMap(\.endpoint)).sorted()
    self.streams = [Stream(configuration)]
    self.players = Int64(players.count)
    self.playersWithPicture = Int64(players.count { $0.firstFrameAt != nil })
    self.seconds = took.inSeconds
    self.failures = failures
    self.latencies = [
      "request-to-first-packet": Latency(firstPacket), "request-to-first-frame": Latency(firstFrame),
      "capture-to-complete": Latency(view.age),
      "player-mean-age": Latency(meanAge), "frame-gap": Latency(view.gap),
      "capture": Latency(meter.capture), "convert": Latency(meter.convert), "encode": Latency(meter.encode),
      "send": Latency(meter.send), "network": Latency(meter.network), "assemble": Latency(meter.assemble),
      "input-to-frame": Latency(figures.inputToFrame), "round-trip": Latency(figures.roundTrip),
      "clock-uncertainty": Latency(figures.clockUncertainty),
      "decode": Latency(decoded?.decode ?? .init()), "capture-to-decoded": Latency(decoded?.view.age ?? .init()),
      "picture-gap": Latency(decoded?.view.gap ?? .init()),
      "receive-queue": Latency(figures.receiveQueue), "timer-lateness": Latency(machine.lateness),
    ]
    self.frames = view.count
    self.framesMissing = view.missingCount
    self.framesLate = view.lateCount
    self.framesStalled = view.stallCount
    self.framesSkipped = meter.skippedCount
    self.freezes = view.freezeCount
    self.freezeNanoseconds = view.freezeNanoseconds
    self.watchedNanoseconds = view.watchedNanoseconds
    self.bytesReceived = Int64(players.reduce(0) { $0 + $1.statistics.bytesReceived })
    self.frameBytes = Int64(players.reduce(0) { $0 + $1.byteCount })
    self.packetsLost = Int64(players.reduce(0) { $0 + $1.statistics.packetsLost })
    self.packetsRebuilt = Int64(players.reduce(0) { $0 + $1.statistics.packetsRebuilt })
    self.resumptions = figures.resumptionCount
    self.decoded = decoded.map { meter in
      var decoded = Decoded(meter, players: players.count { $0.decoder != nil })
      decoded.skipped = Int64(players.reduce(0) { $0 + $1.undecodedCount })
      return decoded
    }
    self.series = meter.series
    let share = machine.busyShare(of: took)
    let isLate = [machine.lateness, figures.receiveQueue].contains {
      ($0.percentile(99) ?? 0) > MachineLoad.worryingLateness
    }
    self.machines = [
      Machine(
        processorCores: machine.processorCores(of: took),
        threadBusyShare: share,
        isLimiting: isLate || share > MachineLoad.worryingShare || self.decoded?.skipped ?? 0 > 0
      )
    ]
    self.opinion = nil
    self.opinion = Opinion(of: self)
  }
}

extension LoadResult.Stream {
  init(_ configuration: LoadConfiguration) {
    self.width = configuration.terms.picture.width
    self.height = configuration.terms.picture.height
    self.frameRate = configuration.terms.frameRate
    self.bitsPerSecond = configuration.terms.maximumBitrate.bitsPerSecond
    self.link = configuration.links.map(\.name).joined(separator: " or ")
    self.decoding = configuration.decoding.rawValue
    self.hasInput = configuration.script != nil
  }
}

extension LoadResult.Decoded {
  init(_ meter: DecodeMeter, players: Int) {
    self.players = Int64(players)
    self.pictures = meter.view.count
    self.missing = meter.view.missingCount
    self.late = meter.view.lateCount
    self.stalled = meter.view.stallCount
    self.freezes = meter.view.freezeCount
    self.freezeNanoseconds = meter.view.freezeNanoseconds
    self.watchedNanoseconds = meter.view.watchedNanoseconds
    self.failed = meter.failedCount
    self.skipped = 0
  }
}
