internal import MediaUnits
internal import Transport

/// - Spec: Protocol/trace.md §3.
extension TraceText {
  mutating func add(_ plan: ControlTrace.Plan) {
    self.add("e", word: "plan")
    self.add("frame", plan.frame)
    self.add("do", word: plan.decision.rawValue)
    self.add("why", word: plan.reason.rawValue)
    if let mode = plan.mode { self.add("mode", word: mode.rawValue) }
    self.add("budget_bytes", plan.budget)
    self.add("rate_bps", plan.bitrate)
    if let capacity = plan.capacity { self.add("capacity_bps", capacity) }
    self.add("outstanding_bytes", plan.outstanding)
    if let queued = plan.queued { self.add("queued_bytes", queued) }
  }

  mutating func add(_ frame: ControlTrace.Frame) {
    self.add("e", word: "frame")
    self.add("frame", frame.frame)
    self.add("bytes", frame.byteCount)
    self.add("packets", frame.packetCount)
    self.add("key", frame.isKeyframe)
    self.add("capture_ns", frame.captureTime)
    self.add("encode_ns", frame.encodeTime)
  }

  mutating func add(_ release: ControlTrace.Release) {
    self.add("e", word: "release")
    self.add("packets", release.packetCount)
    self.add("bytes", release.byteCount)
    self.add("waiting_bytes", release.waiting)
    if let rate = release.rate { self.add("rate_bps", rate) }
  }

  mutating func add(_ feedback: ControlTrace.Feedback) {
    self.add("e", word: "feedback")
    self.add("acked_packets", feedback.ackedPacketCount)
    self.add("acked_bytes", feedback.ackedByteCount)
    self.add("lost_packets", feedback.lostPacketCount)
    self.add("marked_packets", feedback.markedPacketCount)
    self.add("span_ns", feedback.arrivalSpan)
    self.add("round_trip_ns", feedback.roundTrip)
    if let delay = feedback.queueDelay { self.add("queue_delay_ns", delay) }
    if let received = feedback.received { self.add("received_bps", received) }
    if let loss = feedback.loss { self.add("loss_ppm", share: loss) }
  }

  mutating func add(_ rate: ControlTrace.Rate) {
    self.add("e", word: "rate")
    self.add("old_bps", rate.old)
    self.add("new_bps", rate.new)
    self.add("why", word: rate.reason.rawValue)
    if let mode = rate.mode { self.add("mode", word: mode.rawValue) }
    if let capacity = rate.capacity { self.add("capacity_bps", capacity) }
    if let utilization = rate.utilization { self.add("utilization_ppm", share: utilization) }
    if let frameRate = rate.frameRate { self.add("frame_rate", frameRate) }
  }

  mutating func add(_ outage: ControlTrace.Outage) {
    self.add("e", word: "outage")
    self.add("phase", word: outage.phase.rawValue)
    self.add("silence_ns", outage.silence)
    self.add("outstanding_bytes", outage.outstanding)
  }

  mutating func add(_ repair: ControlTrace.Repair) {
    self.add("e", word: "repair")
    self.add("do", word: repair.action.rawValue)
    self.add("packets", repair.packetCount)
    self.add("copies", repair.copies)
    if let age = repair.age { self.add("age_ns", age) }
    if let roundTrip = repair.roundTrip { self.add("round_trip_ns", roundTrip) }
  }

  mutating func add(_ change: ControlTrace.Change) {
    self.add("e", word: "change")
    self.add("do", word: change.phase.rawValue)
    self.add("why", word: change.reason.rawValue)
    self.add("width_px", change.picture.width)
    self.add("height_px", change.picture.height)
    self.add("frame_rate", change.frameRate)
    self.add("codec", word: "\(change.codec.traceWord)")
    self.add("maximum_bps", change.maximumBitrate)
    if let carried = change.carried { self.add("carried_bps", carried) }
  }
}
