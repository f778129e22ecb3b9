import DatagramIO
import FFmpegCodec
import LatencyStrip
import MediaUnits
import Synchronization
import Transport

/// Decodes one player's frames on a thread of its own, as a real player does, and counts what becomes of them.
final class DecodeThread: Sendable {
  /// As many as a player's own hand-off holds.
  private static let capacity = 16

  private let frames: Mailbox<ReceivedFrame>
  private let wakeup: Wakeup
  private let mustStop = Atomic(false)
  private let hasFailed = Atomic(false)
  private let mustRestart = Atomic(false)
  private let meter = Mutex(DecodeMeter())
  private let strip: StripFile?
  private let thread = Mutex<MediaThread?>(nil)

  /// - Parameter strip: where to log what the latency stage's strip says; `nil` for nowhere.
  init(strip: StripFile?) throws {
    self.frames = Mailbox(capacity: Self.capacity, byteCount: 128 << 10, padding: VideoDecoder.inputPadding)
    self.wakeup = try Wakeup()
    self.strip = strip
  }

  func start() {
    let thread = MediaThread.start(name: "load-decode") { self.run() }
    self.thread.withLock { $0 = thread }
  }

  /// Ends the thread and returns what it has measured; a wait that is still going on counts until `end`.
  func finish(at end: Instant) -> DecodeMeter {
    self.mustStop.store(true, ordering: .relaxed)
    self.wakeup.signal()
    self.thread.withLock { $0.take() }?.join()
    return self.meter.withLock { meter in
      meter.finish(at: end)
      return meter
    }
  }

  /// Hands a frame over; `false` if the decoder is so far behind that there is no room.
  func put(_ accessUnit: RawSpan, frame: ReceivedFrame) -> Bool {
    guard self.frames.put(accessUnit, label: frame) else { return false }
    self.wakeup.signal()
    return true
  }

  /// Whether a frame did not decode since the last call.
  func takeFailure() -> Bool { self.hasFailed.exchange(false, ordering: .relaxed) }

  /// The host counts frames from another number from now on.
  func restart() { self.mustRestart.store(true, ordering: .relaxed) }

  private func run() {
    do {
      var poll = PollSet([self.wakeup.fileDescriptor])
      var decoder = try VideoDecoder()
      var buffer: [UInt8] = []
      while !self.mustStop.load(ordering: .relaxed) {
        try poll.wait(until: nil)
        self.wakeup.drain()
        while let frame = self.frames.take(into: &buffer) { self.decode(frame, in: buffer, with: &decoder) }
      }
    } catch {
      self.meter.withLock { $0.failure = "\(error)" }
    }
  }

  private func decode(_ frame: ReceivedFrame, in buffer: [UInt8], with decoder: inout VideoDecoder) {
    if self.mustRestart.exchange(false, ordering: .relaxed) { self.meter.withLock { $0.restart() } }
    if frame.restartsDecoder { decoder.restart() }
    buffer.withUnsafeBytes { bytes in
      let accessUnit = UnsafeRawBufferPointer(rebasing: bytes[..<frame.byteCount])
      var decodedAt: Instant?
      do {
        _ = try decoder.decode(accessUnit, pts: frame.index) { picture in
          guard frame.refresh != .underWay else { return }
          let now = Instant.now
          decodedAt = now
          self.strip?.append(picture.planes, frame: frame, decodedAt: now)
        }
      } catch {
        // A damaged frame: the next key frame mends it. A decoder that keeps failing is opened afresh.
        self.hasFailed.store(true, ordering: .relaxed)
        if self.meter.withLock({ $0.failed() }) % 8 == 0 { try? decoder.reset() }
      }
      if let decodedAt { self.meter.withLock { $0.record(frame, decodedAt: decodedAt) } }
    }
  }
}
