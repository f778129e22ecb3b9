extension JSONText {
  mutating func append(_ frame: FrameLedger) {
    self.begin()
    self.add("type", "frame")
    self.add("frame", frame.frameIndex)
    self.add("damaged_ns", frame.damaged)
    self.add("captured_ns", frame.captured)
    self.add("converted_ns", frame.converted)
    self.add("encoded_ns", frame.encoded)
    self.add("sent_ns", frame.sent)
    self.add("first_received_ns", frame.firstReceived)
    self.add("completed_ns", frame.completed)
    self.add("decoded_ns", frame.decoded)
    self.add("presented_ns", frame.presented)
    self.add("input_sequence", frame.inputSequence)
    self.add("bytes", frame.byteCount)
    self.add("packets", frame.packetCount)
    self.add("retransmitted_packets", frame.retransmittedPacketCount)
    self.add("keyframe", frame.isKeyframe)
    if frame.isRefreshed { self.add("refreshed", true) }
    if frame.skippedCount > 0 {
      self.add("skipped_before", frame.skippedCount)
      self.add("skip_reason", frame.skipReason.rawValue)
    }
    self.end()
  }

  mutating func appendInput(sequence: Int64, sent: Int64, frame: Int64) {
    self.begin()
    self.add("type", "input")
    self.add("sequence", sequence)
    self.add("sent_ns", sent)
    self.add("frame", frame)
    self.end()
  }

  mutating func append(_ sample: SecondSample, type: String?) {
    self.begin()
    if let type { self.add("type", type) }
    self.add("second", sample.second)
    self.add("frames_received", sample.framesReceived)
    self.add("frames_decoded", sample.framesDecoded)
    self.add("frames_lost", sample.framesLost)
    self.add("bits_per_second", sample.bitsPerSecond)
    self.add("packets_received", sample.packetsReceived)
    self.add("packets_lost", sample.packetsLost)
    self.add("packets_retransmitted", sample.packetsRetransmitted)
    self.add("round_trip_ns", sample.roundTripNanoseconds)
    self.begin("stage_mean_ns")
    for stage in LatencyStage.allCases { self.add(stage.key, sample.stageNanoseconds[stage.rawValue]) }
    self.end()
    self.end()
  }

  mutating func append(_ summary: SessionSummary, type: String?) {
    self.begin()
    if let type { self.add("type", type) }
    self.add("host", summary.host)
    self.add("game", summary.game)
    self.add("picture_width_px", summary.pictureWidth)
    self.add("picture_height_px", summary.pictureHeight)
    self.add("frame_rate_hz", summary.frameRate)
    self.add("duration_ns", summary.durationNanoseconds)
    self.add("handshake_ns", summary.handshakeNanoseconds)
    self.add("first_picture_ns", summary.firstPictureNanoseconds)
    if let start = summary.start {
      self.begin("start")
      self.add("request_to_ticket_ns", start.ticketNanoseconds)
      self.add("request_to_first_packet_ns", start.firstPacketNanoseconds)
      self.add("request_to_first_frame_ns", start.firstFrameNanoseconds)
      if let isWarm = start.isWarm { self.add("warm", isWarm) }
      self.end()
    }
    self.add("hosts", summary.hostCount)
    self.begin("host_gaps_ns", array: true)
    for gap in summary.hostGapNanoseconds { self.add(nil, gap) }
    self.end(array: true)
    self.add("frames_captured", summary.framesCaptured)
    self.add("frames_received", summary.framesReceived)
    self.add("frames_decoded", summary.framesDecoded)
    self.add("frames_lost", summary.framesLost)
    self.add("frames_late", summary.framesLate)
    self.add("keyframes", summary.keyframes)
    self.add("refreshes", summary.refreshes)
    self.add("decoded_per_second", summary.decodedPerSecond, places: 2)
    self.add("bytes_received", summary.bytesReceived)
    self.add("bits_per_second", Int64(summary.bitsPerSecond))
    self.add("packets_received", summary.packetsReceived)
    self.add("packets_lost", summary.packetsLost)
    self.add("packets_retransmitted", summary.packetsRetransmitted)
    self.add("audio_packets_received", summary.audioPacketsReceived)
    self.add("audio_packets_lost", summary.audioPacketsLost)
    self.add("audio_packets_concealed", summary.audioPacketsConcealed)
    if let sound = summary.playedSound {
      self.begin("played_sound")
      self.add("waiting_ns", sound.waitingNanoseconds)
      self.add("shortages", sound.shortageCount)
      self.add("stops", sound.stopCount)
      self.add("clock_ppm", sound.clockPartsPerMillion, places: 1)
      self.add("peak", sound.peak)
      self.end()
    }
    self.add("drawn_to_decoded", summary.drawnToDecoded)
    self.add("input_to_decoded", summary.inputToDecoded)
    self.add("round_trip", summary.roundTrip)
    self.add("freeze_count", summary.stutter.freezeCount)
    self.add("frozen_ns", summary.stutter.frozenNanoseconds)
    self.add("stutter_count", summary.stutter.stutterCount)
    self.begin("freezes", array: true)
    for freeze in summary.stutter.freezes {
      self.begin()
      self.add("start_ns", freeze.startNanoseconds)
      self.add("duration_ns", freeze.nanoseconds)
      self.add("frame", freeze.frameIndex)
      self.add("cause", freeze.cause.name)
      self.add("evidence", freeze.evidence)
      self.end()
    }
    self.end(array: true)
    self.begin("stages")
    for stage in LatencyStage.allCases { self.add(stage.key, summary.stages[stage.rawValue]) }
    self.end()
    self.add("seconds_per_sample", summary.secondsPerSample)
    self.begin("samples", array: true)
    for sample in summary.samples { self.append(sample, type: nil) }
    self.end(array: true)
    self.end()
  }

  /// A percentile among things that never happened is `null`.
  private mutating func add(_ key: StaticString, _ histogram: LatencyHistogram) {
    self.begin(key)
    self.add("count", histogram.count)
    self.add("missing", histogram.missingCount)
    self.add("mean_ns", histogram.meanNanoseconds)
    self.add("p50_ns", histogram.percentile(50))
    self.add("p95_ns", histogram.percentile(95))
    self.add("p99_ns", histogram.percentile(99))
    self.add("p99_9_ns", histogram.percentile(99.9))
    self.add("max_ns", histogram.maximumNanoseconds)
    self.end()
  }
}

extension LatencyStage {
  /// ``name`` as JSON's writer takes it.
  var key: StaticString {
    switch self {
    case .capture: "capture"
    case .convert: "convert"
    case .encode: "encode"
    case .send: "send"
    case .network: "network"
    case .assemble: "assemble"
    case .decode: "decode"
    case .present: "present"
    }
  }
}

extension SessionSummary {
  /// The summary as one JSON object. Keys are stable and name their unit; `missing` frames and inputs have none.
  public var json: String {
    var text = JSONText()
    text.append(self, type: nil)
    return String(decoding: text.bytes, as: UTF8.self)
  }
}
