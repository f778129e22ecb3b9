import DatagramIO
import FFmpegCodec
import MediaUnits
import SessionProtocol
import Synchronization
import Transport
import X11

/// What a seat's threads and the network thread tell each other. The only state that they share.
final class SeatLink: Sendable {
  /// Encoded frames on their way to the network thread.
  let frames: Mailbox<VideoFrame>
  /// Opus packets on their way to the network thread, labelled with the capture instant of their first sample.
  let audio: Mailbox<Instant>
  /// Wakes the capture thread.
  let captureWakeup: Wakeup
  /// Wakes the network thread.
  let networkWakeup: Wakeup
  let mustStop = Atomic(false)
  let mustSendKeyframe = Atomic(true)
  let isSuspended = Atomic(false)
  /// Newest input event handed to the X server.
  let appliedInput = Atomic<UInt32>(0)
  /// SAFETY: made by the seat's thread and from then on used within the lock alone.
  private final class Injector: @unchecked Sendable {
    var value: InputInjector

    init(_ value: consuming InputInjector) {
      self.value = value
    }
  }

  private let control: HostControl
  /// What the network thread knows of the path; `nil` without a session.
  private let path = Mutex<PathState?>(nil)
  private let traceBuffer = Mutex<TraceBuffer?>(nil)
  private let assigned: Mutex<SessionGrant?>
  private let wantedTerms = Mutex<StreamTerms?>(nil)
  private let reports = Mutex<[SeatReport]>([])
  private let injector = Mutex<Injector?>(nil)

  /// - Parameter grant: the session's, if there is one already.
  init(control: HostControl, grant: SessionGrant?) throws {
    self.frames = Mailbox(capacity: 3, byteCount: 512 << 10)
    self.audio = Mailbox(capacity: 32, byteCount: 1500)
    self.captureWakeup = try Wakeup()
    self.networkWakeup = control.wakeup
    self.control = control
    self.assigned = Mutex(grant)
  }

  /// What the seat's session was granted first; `nil` as long as it has none.
  var grant: SessionGrant? { self.assigned.withLock { $0 } }

  /// Hands an encoded frame to the network thread. Where that has no room for it, whatever follows has nothing to refer
  /// to, so that the next frame is to be a key frame.
  func send(_ accessUnit: RawSpan, _ frame: VideoFrame) {
    if self.frames.put(accessUnit, label: frame) {
      self.networkWakeup.signal()
    } else {
      self.mustSendKeyframe.store(true, ordering: .relaxed)
    }
  }

  /// Starts the session of a seat that had none.
  func assign(_ grant: SessionGrant) {
    self.assigned.withLock { $0 = grant }
    self.captureWakeup.signal()
  }

  /// Asks for a stream on other terms; ``SeatReport/changed(_:)`` or ``SeatReport/changeFailed(_:)`` follows.
  func change(to terms: StreamTerms) {
    self.wantedTerms.withLock { $0 = terms }
    self.captureWakeup.signal()
  }

  /// Takes the terms that were asked for since the last call.
  func takeChange() -> StreamTerms? {
    self.wantedTerms.withLock { $0.take() }
  }

  /// The encoder that makes this codec here, found by trying at the first time.
  func encoderKind(of terms: StreamTerms) throws -> EncoderKind {
    try self.control.encoders.kind(of: terms)
  }

  /// The network thread has learned something of the path.
  func update(_ path: PathState) {
    self.path.withLock { $0 = path }
  }

  /// What is known of the path; `nil` before there is one.
  var pathState: PathState? { self.path.withLock { $0 } }

  /// From now on the capture thread's decisions go there, too.
  func trace(to buffer: TraceBuffer?) {
    self.traceBuffer.withLock { $0 = buffer }
  }

  /// Writes a decision down, where that is wanted.
  func record(at now: Instant, _ event: @autoclosure () -> ControlTrace) {
    guard let buffer = self.traceBuffer.withLock({ $0 }) else { return }
    buffer.add(event(), at: now)
  }

  /// Notes time spent on one picture.
  func spent(_ duration: Duration) {
    self.control.busyNanoseconds.add(duration.wholeNanoseconds, ordering: .relaxed)
  }

  /// Tells the network thread something about the seat's life.
  func report(_ report: SeatReport) {
    self.reports.withLock { $0.append(report) }
    self.networkWakeup.signal()
  }

  /// Takes what has been reported since the last call.
  func takeReports() -> [SeatReport] {
    self.reports.withLock { reports in
      guard !reports.isEmpty else { return [] }
      defer { reports = [] }
      return reports
    }
  }

  /// The stage is up: input goes there from now on.
  func installInjector(display: String, xauthorityPath: String) throws {
    // Connecting to a display takes milliseconds, and the network thread must not wait for the lock that long.
    let injector = Injector(try InputInjector(display: display, xauthorityPath: xauthorityPath))
    self.injector.withLock { $0 = injector }
  }

  /// Gives the stage's injector up, releasing every key and button.
  func removeInjector() {
    self.injector.withLock { slot in
      // A display that is gone has no keys to release.
      try? slot?.value.releaseAll()
      slot = nil
    }
  }

  /// Runs `body` with the stage's injector, if the stage is up.
  func withInjector(_ body: (inout InputInjector) -> Void) -> Bool {
    self.injector.withLock { slot in
      guard let slot else { return false }
      body(&slot.value)
      return true
    }
  }
}

/// A step in a seat's life, told by its capture thread.
enum SeatReport: Sendable {
  /// The game is running and its picture can be taken. The text names display and encoder, for the log.
  case ready(String)
  /// The seat cannot go on; the text is for the player and the log.
  case failed(String)
  /// The frames from now on are on these terms.
  case changed(StreamTerms)
  /// The stream cannot be on the terms that were asked for, and goes on as it was; the text is for the log.
  case changeFailed(String)
  /// The game ended by itself.
  case gameEnded(String)
  /// Everything of the seat has been torn down.
  case finished
}
