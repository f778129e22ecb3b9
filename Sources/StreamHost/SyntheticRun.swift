import DatagramIO
import MediaUnits
import SessionProtocol
import Synchronization
import Transport

/// The life of a seat that sends a clip's frames over and over, on the seat's own thread.
///
/// Each frame gets instants of its own: it was due when the clock of its seat said so, and is whole when it is handed
/// on, so a host that falls behind shows as delay.
struct SyntheticRun {
  let clip: SyntheticClip
  let link: SeatLink

  func run() {
    self.link.report(.ready(self.clip.summary))
    do {
      var poll = PollSet([self.link.captureWakeup.fileDescriptor])
      while !self.link.mustStop.load(ordering: .relaxed), self.link.grant == nil {
        try poll.wait(until: nil)
        self.link.captureWakeup.drain()
      }
      if let terms = self.link.grant?.terms { try self.play(terms, poll: &poll) }
    } catch {
      self.link.report(.failed("\(error)"))
    }
    self.link.report(.finished)
  }

  private func play(_ terms: StreamTerms, poll: inout PollSet) throws {
    let frames = self.clip.rung(for: terms.maximumBitrate).frames
    let interval = Duration.nanoseconds(1_000_000_000 / Int64(max(1, terms.frameRate)))
    var (position, due) = (0, Instant.now)
    while !self.link.mustStop.load(ordering: .relaxed) {
      let isSuspended = self.link.isSuspended.load(ordering: .relaxed)
      try poll.wait(until: isSuspended ? .now + .seconds(1) : due)
      self.link.captureWakeup.drain()
      let now = Instant.now
      guard !self.link.isSuspended.load(ordering: .relaxed) else {
        due = now
        continue
      }
      guard due <= now else { continue }
      // As a game's capture does, a thread that comes too late leaves out what nobody can see any more.
      while due + interval <= now { due += interval }
      defer { due += interval }
      // And as there, nothing is made that the network thread has no room for.
      guard self.link.frames.hasRoom else { continue }
      if self.link.mustSendKeyframe.exchange(false, ordering: .relaxed) { position = 0 }
      self.send(frames[position], isKeyframe: position == 0, dueAt: due, startedAt: now)
      position = (position + 1) % frames.count
    }
  }

  private func send(_ accessUnit: [UInt8], isKeyframe: Bool, dueAt: Instant, startedAt: Instant) {
    let frame = VideoFrame(
      isKeyframe: isKeyframe,
      damagedAt: dueAt,
      capturedAt: startedAt,
      convertedAt: startedAt,
      encodedAt: .now,
      inputSequence: self.link.appliedInput.load(ordering: .acquiring)
    )
    let isAccepted = accessUnit.withUnsafeBytes { self.link.frames.put($0, label: frame) }
    if isAccepted { self.link.networkWakeup.signal() }
  }
}
