public import MediaUnits

/// What one direction of a network path does to datagrams.
public struct LinkConditions: Hashable, Sendable {
  /// From the end of transmission to arrival, the least.
  public var delay: Duration
  /// Added to ``delay``, uniformly from 0 to this. Datagrams stay in order all the same.
  public var jitter: Duration
  /// The chance of each datagram to be lost, independently of others, 0 ... 1.
  public var loss: Double
  /// Loss that comes in bursts, on top of ``loss``.
  public var burstLoss: BurstLoss?
  /// The chance of each datagram to arrive twice, 0 ... 1.
  public var duplication: Double
  /// The chance of each datagram to be held back by ``reorderingDelay`` while later ones pass it, 0 ... 1.
  public var reordering: Double
  /// How long a datagram that is reordered is held back.
  public var reorderingDelay: Duration
  /// How fast the bottleneck transmits; zero means unlimited.
  public var rate: Bitrate
  /// How long a datagram may wait for the bottleneck before it is dropped; at most a minute counts.
  public var queue: Duration
  /// How many bytes may be in the bottleneck's queue, the datagram being transmitted included; `nil` sets no limit
  /// beside ``queue``. One datagram always fits.
  public var queueByteCount: Int?
  /// How long a datagram waits for the bottleneck before it is marked as having met congestion; `nil` marks none.
  public var marking: Duration?
  /// What a recorded path could carry, in place of ``rate`` and on top of ``delay`` and ``loss``.
  public var trace: RateTrace?
  /// How many datagrams in a row a trace's losses take on average within a step, at least 1; `nil` loses each by itself.
  public var traceBurst: Double?
  /// When the bottleneck transmits nothing at all. A few: each costs time for each datagram.
  public var outages: [Outage]

  public init(
    delay: Duration = .zero,
    jitter: Duration = .zero,
    loss: Double = 0,
    burstLoss: BurstLoss? = nil,
    duplication: Double = 0,
    reordering: Double = 0,
    reorderingDelay: Duration = .zero,
    rate: Bitrate = Bitrate(bitsPerSecond: 0),
    queue: Duration = .milliseconds(200),
    queueByteCount: Int? = nil,
    marking: Duration? = nil,
    trace: RateTrace? = nil,
    traceBurst: Double? = nil,
    outages: [Outage] = []
  ) {
    self.delay = delay
    self.jitter = jitter
    self.loss = loss
    self.burstLoss = burstLoss
    self.duplication = duplication
    self.reordering = reordering
    self.reorderingDelay = reorderingDelay
    self.rate = rate
    self.queue = queue
    self.queueByteCount = queueByteCount
    self.marking = marking
    self.trace = trace
    self.traceBurst = traceBurst
    self.outages = outages
  }
}

extension LinkConditions {
  /// No delay, no loss, no limit.
  public static let perfect = LinkConditions()

  /// A switched home network: 0.2 ms, 1 Gbit/s.
  public static let ethernet = LinkConditions(
    delay: .microseconds(200),
    jitter: .microseconds(50),
    rate: .megabits(1000),
    queue: .milliseconds(20)
  )

  /// Fibre to a host in the same city: 5 ms one way, 0.01 % loss, 100 Mbit/s.
  public static let fibre = LinkConditions(
    delay: .milliseconds(5),
    jitter: .microseconds(500),
    loss: 0.0001,
    rate: .megabits(100),
    queue: .milliseconds(50)
  )

  /// Wi-Fi with neighbours, then fibre: 8 ms one way and up to 6 ms of jitter; 0.3 % loss, and bursts of four
  /// datagrams on average, about one in 2000; 60 Mbit/s.
  public static let wiFi = LinkConditions(
    delay: .milliseconds(8),
    jitter: .milliseconds(6),
    loss: 0.003,
    burstLoss: BurstLoss(enter: 0.0005, leave: 0.25),
    reordering: 0.001,
    reorderingDelay: .milliseconds(3),
    rate: .megabits(60),
    queue: .milliseconds(80)
  )

  /// A mobile network: 25 ms one way and up to 15 ms of jitter; 0.5 % loss, and bursts of ten datagrams on average,
  /// about one in 3000; 20 Mbit/s behind a deep queue.
  public static let cellular = LinkConditions(
    delay: .milliseconds(25),
    jitter: .milliseconds(15),
    loss: 0.005,
    burstLoss: BurstLoss(enter: 0.0003, leave: 0.1),
    rate: .megabits(20),
    queue: .milliseconds(300)
  )

  /// The worst that a session should survive: 40 ms one way and up to 25 ms of jitter, 5 % loss with bursts,
  /// 1 % each of duplication and reordering, 10 Mbit/s.
  public static let hostile = LinkConditions(
    delay: .milliseconds(40),
    jitter: .milliseconds(25),
    loss: 0.05,
    burstLoss: BurstLoss(enter: 0.002, leave: 0.2),
    duplication: 0.01,
    reordering: 0.01,
    reorderingDelay: .milliseconds(15),
    rate: .megabits(10),
    queue: .milliseconds(150)
  )
}
