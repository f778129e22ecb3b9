internal import MediaUnits

/// When and how fast to probe: three and six times the start rate, then twice what was found while that pays; after a
/// large drop, once, 85 % of the rate before it; and, for an eager sender, twice the rate every five seconds.
///
/// libwebrtc probes every five seconds, and after drops, only while the sender is limited by what it has to send. A game
/// never is, and would have no probes but the first ones; with them GCC uses more of a path that changes.
///
/// - Source: libwebrtc's `ProbeController` and `ProbeBitrateEstimator`.
struct ProbeControl: Hashable, Sendable {
  private struct Cluster: Hashable, Sendable {
    var firstSentAt: Instant
    var lastSentAt: Instant
    var firstArrivedAt: Instant
    var lastArrivedAt: Instant
    var firstByteCount: Int
    var lastByteCount: Int
    var byteCount = 0
    var packetCount = 0
  }

  private static let (duration, fewestPackets) = (Duration.milliseconds(15), 5)
  private static let enough = 0.8
  private static let interval = Duration.seconds(5)
  private static let patience = Duration.seconds(1)
  /// A drop to less than this share of the rate is large, and worth a probe for so long; what is probed then.
  private static let (largeDrop, dropMemory, recovery) = (0.66, Duration.seconds(5), 0.85)

  private let cap: Double
  private let isEager: Bool
  private var planned: [Double]
  private var nextCluster = 0
  private var startedAt: Instant?
  private var clusters: [Int: Cluster] = [:]
  private var wanted: [Int: (byteCount: Int, packetCount: Int)] = [:]
  /// A result above this is worth another, faster probe.
  private var goOnAbove: Double?
  private var drop: (rate: Double, at: Instant)?
  private var recoveryAt: Instant?

  init(start: Double, cap: Double, isEager: Bool) {
    self.cap = cap
    self.isEager = isEager
    self.planned = [min(3 * start, cap), min(6 * start, cap)]
    self.goOnAbove = 6 * start < cap ? 0.7 * 6 * start : nil
  }

  static func == (one: ProbeControl, other: ProbeControl) -> Bool { one.nextCluster == other.nextCluster }
  func hash(into hasher: inout Hasher) { hasher.combine(self.nextCluster) }

  /// - Parameter rate: what is sent with.
  mutating func next(rate: Double, isOverused: Bool, now: Instant) -> RivalPacer.Probe? {
    if self.isEager, self.planned.isEmpty, let startedAt = self.startedAt, now - startedAt >= Self.interval,
      !isOverused,
      rate < self.cap
    {
      self.plan(2 * rate)
    }
    guard !self.planned.isEmpty else { return nil }
    let probed = self.planned.removeFirst()
    self.startedAt = now
    let byteCount = Int(probed * Self.duration.inSeconds / 8)
    let cluster = self.nextCluster
    self.nextCluster += 1
    self.wanted[cluster] = (byteCount, Self.fewestPackets)
    return RivalPacer.Probe(
      cluster: cluster,
      rate: Bitrate(bitsPerSecond: Int64(probed)),
      byteCountLeft: byteCount,
      packetCountLeft: Self.fewestPackets
    )
  }

  /// The rate that the delay allows has changed.
  mutating func changed(from before: Double, to after: Double, now: Instant) {
    if after < Self.largeDrop * before { self.drop = (before, now) }
  }

  /// What had queued up after a drop is gone.
  mutating func recovered(rate: Double, now: Instant) {
    guard let drop = self.drop, now - drop.at < Self.dropMemory, self.planned.isEmpty,
      self.recoveryAt.map({ now - $0 > Self.interval }) ?? true, 0.95 * Self.recovery * drop.rate > rate
    else { return }
    self.recoveryAt = now
    self.planned = [Self.recovery * drop.rate]
    self.goOnAbove = nil
  }

  /// The path's rate is now thought to be this.
  mutating func estimated(_ rate: Double, now: Instant) {
    guard let startedAt = self.startedAt, let above = self.goOnAbove else { return }
    guard now - startedAt <= Self.patience else {
      self.goOnAbove = nil
      return
    }
    if rate > above { self.plan(2 * rate) }
  }

  /// - Returns: what the cluster of this datagram has measured, if that is enough of it.
  mutating func add(_ result: PacketResult) -> Double? {
    guard let number = result.cluster, let arrivedAt = result.arrivedAt, let wanted = self.wanted[number] else {
      return nil
    }
    var cluster =
      self.clusters[number]
      ?? Cluster(
        firstSentAt: result.sentAt,
        lastSentAt: result.sentAt,
        firstArrivedAt: arrivedAt,
        lastArrivedAt: arrivedAt,
        firstByteCount: result.byteCount,
        lastByteCount: result.byteCount
      )
    if result.sentAt >= cluster.lastSentAt {
      cluster.lastSentAt = result.sentAt
      cluster.lastByteCount = result.byteCount
    }
    cluster.lastArrivedAt = max(cluster.lastArrivedAt, arrivedAt)
    cluster.byteCount += result.byteCount
    cluster.packetCount += 1
    self.clusters[number] = cluster
    guard Double(cluster.packetCount) >= Double(wanted.packetCount) * Self.enough,
      Double(cluster.byteCount) >= Double(wanted.byteCount) * Self.enough
    else { return nil }
    return Self.rate(of: cluster)
  }

  private static func rate(of cluster: Cluster) -> Double? {
    let sending = (cluster.lastSentAt - cluster.firstSentAt).inSeconds
    let arriving = (cluster.lastArrivedAt - cluster.firstArrivedAt).inSeconds
    guard sending > 0, sending <= 1, arriving > 0, arriving <= 1 else { return nil }
    let sendRate = Double((cluster.byteCount - cluster.lastByteCount) * 8) / sending
    let arrivalRate = Double((cluster.byteCount - cluster.firstByteCount) * 8) / arriving
    // Datagrams that come faster than they were sent waited for each other somewhere.
    guard arrivalRate <= 2 * sendRate else { return nil }
    return arrivalRate < 0.9 * sendRate ? 0.95 * arrivalRate : min(sendRate, arrivalRate)
  }

  private mutating func plan(_ rate: Double) {
    self.planned = [min(rate, self.cap)]
    self.goOnAbove = rate < self.cap ? 0.7 * rate : nil
  }
}
