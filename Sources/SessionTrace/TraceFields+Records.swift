internal import MediaUnits
internal import Transport

/// - Spec: Protocol/trace.md §2, §3.
extension TraceFields {
  /// What a line is about.
  enum Kind: String, CaseIterable {
    case plan
    case frame
    case release
    case feedback
    case rate
    case outage
    case repair
    case change
    case dropped
  }

  /// `nil` for one that this program does not know.
  var kind: Kind? { self.word("e") }

  func header() throws(TraceError) -> TraceHeader {
    guard let version = self.integer("martlet_trace") else { throw .noHeader }
    guard version == TraceHeader.version else { throw .unknownVersion(version) }
    guard self.has("clock", "ns"), let started = self.integer("started_ns"), let unix = self.integer("unix_ns"),
      let picture = self.picture, let frameRate = self.count("frame_rate"), let maximum = self.bitrate("maximum_bps")
    else { throw .noHeader }
    return TraceHeader(
      startedAt: Instant(nanoseconds: started),
      unixNanoseconds: unix,
      software: self.text("software") ?? "",
      session: self.text("session") ?? "",
      game: self.text("game") ?? "",
      codec: self.text("codec") ?? "",
      encoder: self.text("encoder") ?? "",
      picture: picture,
      frameRate: frameRate,
      maximumBitrate: maximum,
      isResumed: self.bool("resumed") ?? false
    )
  }

  /// `nil` if a member is missing or out of its range.
  func event(_ kind: Kind) -> ControlTrace? {
    switch kind {
    case .plan: self.plan.map(ControlTrace.plan)
    case .frame: self.frame.map(ControlTrace.frame)
    case .release: self.release.map(ControlTrace.release)
    case .feedback: self.feedback.map(ControlTrace.feedback)
    case .rate: self.rate.map(ControlTrace.rate)
    case .outage: self.outage.map(ControlTrace.outage)
    case .repair: self.repair.map(ControlTrace.repair)
    case .change: self.change.map(ControlTrace.change)
    case .dropped: nil
    }
  }

  private var plan: ControlTrace.Plan? {
    guard let frame = self.count("frame"), let decision: ControlTrace.Plan.Decision = self.word("do"),
      let reason: ControlTrace.Plan.Reason = self.word("why"), let budget = self.count("budget_bytes"),
      let bitrate = self.bitrate("rate_bps"), let outstanding = self.count("outstanding_bytes")
    else { return nil }
    return ControlTrace.Plan(
      frame: Int64(frame),
      decision: decision,
      reason: reason,
      mode: self.word("mode"),
      budget: budget,
      bitrate: bitrate,
      capacity: self.bitrate("capacity_bps"),
      outstanding: outstanding,
      queued: self.count("queued_bytes")
    )
  }

  private var frame: ControlTrace.Frame? {
    guard let frame = self.count("frame"), let byteCount = self.count("bytes"),
      let packetCount = self.count("packets"), let isKeyframe = self.bool("key"),
      let captureTime = self.duration("capture_ns"), let encodeTime = self.duration("encode_ns")
    else { return nil }
    return ControlTrace.Frame(
      frame: Int64(frame),
      byteCount: byteCount,
      packetCount: packetCount,
      isKeyframe: isKeyframe,
      captureTime: captureTime,
      encodeTime: encodeTime
    )
  }

  private var release: ControlTrace.Release? {
    guard let packetCount = self.count("packets"), let byteCount = self.count("bytes"),
      let waiting = self.count("waiting_bytes")
    else { return nil }
    return ControlTrace.Release(
      packetCount: packetCount,
      byteCount: byteCount,
      waiting: waiting,
      rate: self.bitrate("rate_bps")
    )
  }

  private var feedback: ControlTrace.Feedback? {
    guard let ackedPacketCount = self.count("acked_packets"), let ackedByteCount = self.count("acked_bytes"),
      let lostPacketCount = self.count("lost_packets"), let markedPacketCount = self.count("marked_packets"),
      let arrivalSpan = self.duration("span_ns"), let roundTrip = self.duration("round_trip_ns")
    else { return nil }
    return ControlTrace.Feedback(
      ackedPacketCount: ackedPacketCount,
      ackedByteCount: ackedByteCount,
      lostPacketCount: lostPacketCount,
      markedPacketCount: markedPacketCount,
      arrivalSpan: arrivalSpan,
      roundTrip: roundTrip,
      queueDelay: self.duration("queue_delay_ns"),
      received: self.bitrate("received_bps"),
      loss: self.share("loss_ppm")
    )
  }

  private var rate: ControlTrace.Rate? {
    guard let old = self.bitrate("old_bps"), let new = self.bitrate("new_bps"),
      let reason: ControlTrace.Rate.Reason = self.word("why")
    else { return nil }
    return ControlTrace.Rate(
      old: old,
      new: new,
      reason: reason,
      mode: self.word("mode"),
      capacity: self.bitrate("capacity_bps"),
      utilization: self.share("utilization_ppm"),
      frameRate: self.count("frame_rate")
    )
  }

  private var outage: ControlTrace.Outage? {
    guard let phase: ControlTrace.Outage.Phase = self.word("phase"), let silence = self.duration("silence_ns"),
      let outstanding = self.count("outstanding_bytes")
    else { return nil }
    return ControlTrace.Outage(phase: phase, silence: silence, outstanding: outstanding)
  }

  private var repair: ControlTrace.Repair? {
    guard let action: ControlTrace.Repair.Action = self.word("do"), let packetCount = self.count("packets"),
      let copies = self.count("copies")
    else { return nil }
    return ControlTrace.Repair(
      action: action,
      packetCount: packetCount,
      copies: copies,
      age: self.duration("age_ns"),
      roundTrip: self.duration("round_trip_ns")
    )
  }

  private var change: ControlTrace.Change? {
    guard let phase: ControlTrace.Change.Phase = self.word("do"),
      let reason: ControlTrace.Change.Reason = self.word("why"), let picture = self.picture,
      let frameRate = self.count("frame_rate"), let maximum = self.bitrate("maximum_bps"),
      let codec = VideoCodec.allCases.first(where: { self.has("codec", $0.traceWord) })
    else { return nil }
    return ControlTrace.Change(
      phase: phase,
      reason: reason,
      picture: picture,
      frameRate: frameRate,
      codec: codec,
      maximumBitrate: maximum,
      carried: self.bitrate("carried_bps")
    )
  }

  // MARK: Members with a range

  private var picture: PictureSize? {
    guard let width = self.count("width_px"), let height = self.count("height_px"), 1...65_535 ~= width,
      1...65_535 ~= height
    else { return nil }
    return PictureSize(width: width, height: height)
  }

  /// Bytes, packets, frames: 0 ... 10¹², so that sums of all that a file holds stay whole.
  func count(_ key: StaticString) -> Int? {
    self.integer(key).flatMap { 0...1_000_000_000_000 ~= $0 ? Int($0) : nil }
  }

  func bitrate(_ key: StaticString) -> Bitrate? {
    self.count(key).map { Bitrate(bitsPerSecond: Int64($0)) }
  }

  /// Up to a day either way; clocks of two machines may make one negative.
  private func duration(_ key: StaticString) -> Duration? {
    self.integer(key).flatMap { $0.magnitude <= 86_400_000_000_000 ? .nanoseconds($0) : nil }
  }

  private func share(_ key: StaticString) -> Double? {
    self.count(key).map { Double($0) / 1e6 }
  }
}
