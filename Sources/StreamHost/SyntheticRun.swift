import DatagramIO
import MediaUnits
import Octets
import RTP
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
    var stream = SyntheticStream(clip: self.clip, maximumBitrate: terms.maximumBitrate, now: .now)
    let interval = Duration.nanoseconds(1_000_000_000 / Int64(max(1, terms.frameRate)))
    var due = Instant.now
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
      if self.link.mustSendKeyframe.exchange(false, ordering: .relaxed) { stream.restart() }
      guard self.plan(&stream, now: now) else { continue }
      let frame = stream.next()
      self.send(frame, dueAt: due, startedAt: now)
    }
  }

  /// Goes over to the clip's rate that suits the path now.
  ///
  /// - Returns: whether to send a frame at all.
  private func plan(_ stream: inout SyntheticStream, now: Instant) -> Bool {
    guard let path = self.link.pathState else { return true }
    let plan = path.plan(now: now)
    let before = stream.bitrate
    let isSent = stream.follow(plan, now: now)
    let after = stream.bitrate
    if after != before { self.link.record(at: now, .rate(path.change(from: before, to: after))) }
    let isKeyframe = stream.isAtKeyframe
    self.link.record(at: now, .plan(path.trace(plan, bitrate: after, isKeyframe: isKeyframe, now: now)))
    return isSent
  }

  private func send(_ next: SyntheticStream.Frame, dueAt: Instant, startedAt: Instant) {
    let frame = VideoFrame(
      isKeyframe: next.isKeyframe,
      damagedAt: dueAt,
      capturedAt: startedAt,
      convertedAt: startedAt,
      encodedAt: .now,
      inputSequence: self.link.appliedInput.load(ordering: .acquiring),
      skipped: next.skippedCount > 0 ? SkippedPictures(count: next.skippedCount, reason: .path) : nil
    )
    self.link.send(next.accessUnit.octets, frame)
  }
}
