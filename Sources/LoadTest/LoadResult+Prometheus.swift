import SessionReport

extension LoadResult {
  /// The result as a file for Prometheus' node exporter (its textfile collector), times in seconds.
  ///
  /// - Spec: the Prometheus text exposition format, version 0.0.4.
  public var prometheus: String {
    var text = ""
    func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
      guard !samples.isEmpty else { return }
      text += "# HELP martlet_load_\(name) \(help)\n# TYPE martlet_load_\(name) \(type)\n"
      for sample in samples { text += "martlet_load_\(name)\(sample.labels) \(sample.value)\n" }
    }
    func figure(_ name: String, _ help: String, _ value: Int64) {
      family(name, "gauge", help, [("", "\(value)")])
    }
    func seconds(_ nanoseconds: Int64) -> String { "\(Double(nanoseconds) / 1e9)" }

    figure("players", "Players of the run.", self.players)
    figure("players_with_picture", "Players that saw a whole frame.", self.playersWithPicture)
    figure("sessions_failed", "Sessions that ended before the run did, or never began.", self.failureCount)
    figure("frames", "Whole frames.", self.frames)
    figure("frames_missing", "Frames that never came.", self.framesMissing)
    figure("frames_late", "Frames that came, or the next in their place, later than 100 ms.", self.framesLate)
    figure("frames_stalled", "Frames that came, or the next in their place, later than 200 ms.", self.framesStalled)
    figure("frames_skipped", "Frames that hosts left out on purpose.", self.framesSkipped)
    figure("freezes", "Freezes, by the definition of W3C webrtc-stats.", self.freezes)
    family("freeze_seconds", "gauge", "Time frozen.", [("", seconds(self.freezeNanoseconds))])
    family("watched_seconds", "gauge", "Time that players watched.", [("", seconds(self.watchedNanoseconds))])
    figure("received_bytes", "Bytes that came.", self.bytesReceived)
    figure("packets_lost", "Packets of the picture that never came.", self.packetsLost)
    figure("packets_rebuilt", "Packets of the picture that were made anew from parity.", self.packetsRebuilt)
    figure("resumptions", "Silent hosts that were found again.", self.resumptions)
    if let decoded = self.decoded {
      figure("pictures_decoded", "Pictures decoded.", decoded.pictures)
      figure("pictures_failed", "Frames that the decoder refused.", decoded.failed)
    }
    if let opinion = self.opinion {
      family("opinion_score", "gauge", "ITU-T G.1072, 1.3 to 4.64.", [("", "\(opinion.score)")])
    }
    figure("limited_by_machine", "1 if a machine that measured limits.", self.isLimitedByMachine ? 1 : 0)
    family(
      "latency_seconds",
      "summary",
      "How long each step took; what never happened is +Inf.",
      self.latencies.sorted { $0.key < $1.key }.flatMap { name, latency -> [(labels: String, value: String)] in
        guard latency.count + latency.missing > 0 else { return [] }
        let quantiles = [("0.5", 50.0), ("0.95", 95), ("0.99", 99), ("0.999", 99.9)].map { label, percent in
          (
            "{stage=\"\(Self.escaped(name))\",quantile=\"\(label)\"}",
            latency.histogram.percentile(percent).map(seconds) ?? "+Inf"
          )
        }
        let (mean, count) = (latency.histogram.meanNanoseconds, latency.count)
        let labels = "{stage=\"\(Self.escaped(name))\"}"
        return quantiles + [("_sum\(labels)", seconds(mean * count)), ("_count\(labels)", "\(count)")]
      }
    )
    family(
      "latency_missing",
      "gauge",
      "What should have happened and never did.",
      self.latencies.sorted { $0.key < $1.key }.map {
        ("{stage=\"\(Self.escaped($0.key))\"}", "\($0.value.missing)")
      }
    )
    return text
  }

  private static func escaped(_ label: String) -> String {
    label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
