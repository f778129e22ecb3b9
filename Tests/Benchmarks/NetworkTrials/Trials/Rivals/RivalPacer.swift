internal import MediaUnits

/// Lets datagrams go at a rate: sound at once, then what was asked for again, then pictures; and probes.
struct RivalPacer {
  /// Datagrams in a row at a higher rate than usual, filled up with padding.
  struct Probe: Hashable {
    var cluster: Int
    var rate: Bitrate
    var byteCountLeft: Int
    var packetCountLeft: Int
  }

  var rate: Bitrate
  private var audio: [RivalPacket] = []
  private var repeats: [RivalPacket] = []
  private var media: [RivalPacket] = []
  private var mediaHead = 0
  private(set) var queuedByteCount = 0
  private var freeAt = Instant.zero
  private(set) var probe: Probe?

  init(rate: Bitrate) {
    self.rate = rate
  }

  static func byteCount(of packet: RivalPacket) -> Int {
    switch packet.content {
    case .part(let part): part.payloadByteCount + RivalPacket.headerByteCount
    case .audio: 160 + 12 + TrialPacket.overheadByteCount
    case .padding: 1200 + 28
    }
  }

  mutating func queue(audio packet: RivalPacket) { self.audio.append(packet) }

  mutating func queue(repeated packet: RivalPacket) {
    self.repeats.append(packet)
    self.queuedByteCount += Self.byteCount(of: packet)
  }

  mutating func queue(_ packet: RivalPacket) {
    self.media.append(packet)
    self.queuedByteCount += Self.byteCount(of: packet)
  }

  mutating func start(_ probe: Probe) { self.probe = probe }

  /// When the next datagram may go.
  var deadline: Instant {
    if !self.audio.isEmpty { return .zero }
    return self.queuedByteCount > 0 || self.probe != nil ? self.freeAt : .distantFuture
  }

  /// The next datagram that may go by `now`, whether it is sent again, and the probe that it belongs to.
  mutating func next(now: Instant) -> (packet: RivalPacket, isRepeat: Bool, cluster: Int?)? {
    if !self.audio.isEmpty { return (self.audio.removeFirst(), false, nil) }
    guard self.freeAt <= now else { return nil }
    let isRepeat = !self.repeats.isEmpty
    let packet: RivalPacket
    if isRepeat {
      packet = self.repeats.removeFirst()
      self.queuedByteCount -= Self.byteCount(of: packet)
    } else if self.mediaHead < self.media.count {
      packet = self.media[self.mediaHead]
      self.mediaHead += 1
      if self.mediaHead * 2 > self.media.count {
        self.media.removeFirst(self.mediaHead)
        self.mediaHead = 0
      }
      self.queuedByteCount -= Self.byteCount(of: packet)
    } else if self.probe != nil {
      packet = RivalPacket(content: .padding)
    } else {
      return nil
    }
    let byteCount = Self.byteCount(of: packet)
    let cluster = self.probe?.cluster
    let pace = max(self.probe?.rate ?? self.rate, self.rate)
    // What was not used while there was nothing to send is not made up for.
    self.freeAt = max(now, self.freeAt) + pace.transmissionTime(ofByteCount: byteCount)
    if var probe = self.probe {
      probe.byteCountLeft -= byteCount
      probe.packetCountLeft -= 1
      self.probe = probe.byteCountLeft > 0 || probe.packetCountLeft > 0 ? probe : nil
    }
    return (packet, isRepeat, cluster)
  }
}
