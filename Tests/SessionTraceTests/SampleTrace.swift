import MediaUnits
import SessionTrace
import Transport

/// Half a minute of a sender of the simplest kind on a path that narrows, falls silent and loses packets.
///
/// The sender is no controller worth having; it makes records that hang together as a real one's do.
struct SampleTrace {
  static let header = TraceHeader(
    startedAt: Instant(nanoseconds: 5_000_000_000),
    unixNanoseconds: 1_764_000_000_000_000_000,
    software: "martlet 0.1.0",
    session: "s_\"7\\<b>",
    game: "Freedoom & more",
    codec: "h264",
    encoder: "libx264",
    picture: PictureSize(width: 1280, height: 720),
    frameRate: 60,
    maximumBitrate: .megabits(20),
    isResumed: true
  )
  static let outage = 12.0..<13.5

  private(set) var records: [ControlTrace.Record] = []
  private var random: SplitMix64
  private var now = Self.header.startedAt
  private var bitrate = Bitrate.megabits(4)
  private var queued = 0.0
  private var outstanding = 0
  private var frame: Int64 = 0
  private var mode = ControlTrace.Mode.starting
  private var isSilent = false

  init(seed: UInt64, seconds: Int = 30) {
    self.random = SplitMix64(seed: seed)
    self.add(.rate(.init(old: .megabits(0), new: self.bitrate, reason: .start, mode: .starting)))
    for step in 0..<seconds * 60 {
      self.now = Self.header.startedAt + .nanoseconds(Int64(step) * 16_666_667)
      self.step(Double(step) / 60)
    }
  }

  /// The whole file.
  var bytes: [UInt8] {
    var text = TraceText()
    text.append(Self.header)
    for record in self.records { text.append(record) }
    return text.bytes
  }

  /// Mbit/s.
  private func capacity(_ seconds: Double) -> Double {
    switch seconds {
    case 6..<10: 5
    case Self.outage: 0
    case 20..<22: 9
    default: 18
    }
  }

  private mutating func add(_ event: ControlTrace) { self.records.append(ControlTrace.Record(at: self.now, event)) }

  private mutating func step(_ seconds: Double) {
    let capacity = self.capacity(seconds)
    if self.now == Self.header.startedAt + .nanoseconds(8 * 60 * 16_666_667) { self.changeStream() }
    if capacity == 0, !self.isSilent, seconds - Self.outage.lowerBound > 0.06 {
      self.isSilent = true
      self.mode = .outage
      self.add(.outage(.init(phase: .begin, silence: .milliseconds(60), outstanding: self.outstanding)))
    } else if capacity > 0, self.isSilent {
      self.isSilent = false
      self.mode = .tracking
      self.add(.outage(.init(phase: .end, silence: .milliseconds(1500), outstanding: self.outstanding)))
      self.change(to: self.bitrate.megabits / 2, .healed)
      self.add(.repair(.init(action: .keyframe)))
    }
    let perFrame = capacity * 1e6 / 8 / 60
    self.queued = max(0, self.queued - perFrame)
    self.outstanding = Int(self.queued + perFrame * 1.2)
    let budget = Int(capacity * 1e6 / 8 / 60 * 1.5)
    let reason: ControlTrace.Plan.Reason =
      self.isSilent ? .outage : self.queued > perFrame * 2 ? .outstanding : self.frame == 0 ? .keyframe : .fits
    let isSkipped = reason == .outage || reason == .outstanding
    self.add(
      .plan(
        .init(
          frame: self.frame,
          decision: isSkipped ? .skip : .encode,
          reason: reason,
          mode: self.mode,
          budget: budget,
          bitrate: self.bitrate,
          capacity: .megabits(capacity),
          outstanding: self.outstanding,
          queued: Int(self.queued)
        )
      )
    )
    if !isSkipped { self.sendFrame() }
    if capacity > 0 { self.feedback(capacity) }
  }

  /// To HEVC and a smaller picture, which fails once.
  private mutating func changeStream() {
    for phase in [.begin, .fail, .begin, .done] as [ControlTrace.Change.Phase] {
      let change = ControlTrace.Change(
        phase: phase,
        reason: .path,
        picture: PictureSize(width: 640, height: 360),
        frameRate: 30,
        codec: .hevc,
        maximumBitrate: .megabits(20),
        carried: phase == .fail ? nil : .megabits(1.5)
      )
      self.add(.change(change))
    }
  }

  private mutating func sendFrame() {
    let isKeyframe = self.frame == 0
    let usual = Int(self.bitrate.bitsPerSecond) / 8 / 60
    let byteCount = Int.random(in: usual / 2...usual * 3 / 2, using: &self.random) * (isKeyframe ? 3 : 1)
    let packetCount = (byteCount + 1099) / 1100
    self.add(
      .frame(
        .init(
          frame: self.frame,
          byteCount: byteCount,
          packetCount: packetCount,
          isKeyframe: isKeyframe,
          captureTime: .microseconds(Int64.random(in: 900...2200, using: &self.random)),
          encodeTime: .microseconds(Int64.random(in: 3000...7000, using: &self.random))
        )
      )
    )
    self.add(.release(.init(packetCount: packetCount, byteCount: byteCount, waiting: byteCount / 4)))
    self.frame += 1
    self.queued += Double(byteCount)
  }

  private mutating func feedback(_ capacity: Double) {
    let delay = self.queued * 8 / (capacity * 1000)
    let lost = Int.random(in: 0..<40, using: &self.random) == 0 ? Int.random(in: 1...5, using: &self.random) : 0
    self.add(
      .feedback(
        .init(
          ackedPacketCount: 18,
          ackedByteCount: 19_000,
          lostPacketCount: lost,
          markedPacketCount: delay > 40 ? 2 : 0,
          arrivalSpan: .milliseconds(4),
          roundTrip: .microseconds(Int64((16 + delay) * 1000)),
          queueDelay: .microseconds(Int64(delay * 1000)),
          received: .megabits(min(capacity, self.bitrate.megabits)),
          loss: 0.01
        )
      )
    )
    if lost > 0 { self.add(.repair(.init(action: lost == 5 ? .late : .resend, packetCount: lost, copies: 1))) }
    if delay > 30 {
      self.mode = .draining
      self.change(to: max(1, min(self.bitrate.megabits * 0.8, capacity * 0.8)), .queue)
    } else if self.bitrate.megabits < capacity * 0.85 {
      self.mode = .tracking
      self.change(to: self.bitrate.megabits * 1.01, .idle)
    }
  }

  private mutating func change(to megabits: Double, _ reason: ControlTrace.Rate.Reason) {
    let new = Bitrate.megabits(megabits)
    self.add(.rate(.init(old: self.bitrate, new: new, reason: reason, mode: self.mode, utilization: 0.5)))
    self.bitrate = new
  }
}
