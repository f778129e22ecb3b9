import DatagramIO
import Dispatch
import MediaUnits
import SessionProtocol
import Synchronization
import Transport

/// What a player's threads tell each other. The only state that they share.
final class PlayerLink: Sendable {
  /// When each of the last input events was sent, to find how long it took to show.
  private struct SentInputs: Sendable {
    static let capacity = 1024
    var at = [Instant](repeating: .zero, count: SentInputs.capacity)
    var newest: UInt32 = 0
    var shown: UInt32 = 0
  }

  /// Whole frames on their way to the picture thread.
  let frames: Mailbox<ReceivedFrame>
  /// Opus packets on their way to the audio thread.
  let audio: Mailbox<ReceivedAudio>
  let networkWakeup: Wakeup
  let pictureWakeup: Wakeup
  let audioSignal = DispatchSemaphore(value: 0)
  let mustStop = Atomic(false)
  /// The decoder could not use a frame.
  let decodingFailed = Atomic(false)
  /// The first picture has been decoded.
  let hasPicture = Atomic(false)
  /// Frames a second that are to come, as far as the host has told.
  let frameRate = Atomic(60)
  /// Frames a second that this machine can decode; 0 for as many as come.
  let decodableRate = Atomic(0)
  private let wishes = Mutex<[StreamWish]>([])
  private let ended = DispatchSemaphore(value: 0)
  private let inputs = Mutex<[InputEvent]>([])
  private let sentInputs = Mutex(SentInputs())
  private let end = Mutex<(reason: PlayerEnd, error: (any Error)?)?>(nil)
  /// The number of the first frame of a host that has just been turned to; `Int64.max` for none.
  private let nextHostFrame = Atomic(Int64.max)
  private let network = Mutex(NetworkFigures())

  init(framePadding: Int) throws {
    self.frames = Mailbox(capacity: 16, byteCount: 256 << 10, padding: framePadding)
    self.audio = Mailbox(capacity: 64, byteCount: 1500)
    self.networkWakeup = try Wakeup()
    self.pictureWakeup = try Wakeup()
  }

  /// Ends the session; only the first reason counts.
  ///
  /// - Parameter error: what is behind it, if anything was thrown.
  func finish(_ reason: PlayerEnd, error: (any Error)? = nil) {
    self.end.withLock { if $0 == nil { $0 = (reason, error) } }
    self.mustStop.store(true, ordering: .relaxed)
    self.networkWakeup.signal()
    self.pictureWakeup.signal()
    self.audioSignal.signal()
    self.ended.signal()
  }

  /// Waits until the session ends, but not past `deadline`.
  ///
  /// - Returns: whether it has ended.
  @discardableResult
  func waitForEnd(until deadline: Instant) -> Bool {
    let nanoseconds = max(0, (deadline - .now).wholeNanoseconds)
    guard self.ended.wait(timeout: .now() + .nanoseconds(Int(nanoseconds))) == .success else { return false }
    self.ended.signal()
    return true
  }

  /// Why the session ended; `nil` while it goes on.
  var endReason: PlayerEnd? { self.end.withLock { $0?.reason } }

  /// What was thrown that ended the session, if anything was.
  var endError: (any Error)? { self.end.withLock { $0?.error } }

  /// Queues an input event. More than a thousand waiting means that nobody takes them, and further ones are dropped.
  func send(_ event: InputEvent) {
    self.inputs.withLock { if $0.count < 1024 { $0.append(event) } }
    self.networkWakeup.signal()
  }

  /// Asks for a change of the stream. More than sixteen waiting means that nobody takes them, and further ones are
  /// dropped.
  func wish(_ wish: StreamWish) {
    self.wishes.withLock { if $0.count < 16 { $0.append(wish) } }
    self.networkWakeup.signal()
  }

  /// Takes what has been asked for.
  func takeWishes() -> [StreamWish] {
    self.wishes.withLock { wishes in
      guard !wishes.isEmpty else { return [] }
      defer { wishes = [] }
      return wishes
    }
  }

  /// Takes the queued input events.
  func takeInputs() -> [InputEvent] {
    self.inputs.withLock { inputs in
      guard !inputs.isEmpty else { return [] }
      defer { inputs = [] }
      return inputs
    }
  }

  /// Notes that event number `sequence` was sent first at `now`.
  func inputSent(_ sequence: UInt32, now: Instant) {
    self.sentInputs.withLock { sent in
      sent.at[Int(sequence) % SentInputs.capacity] = now
      sent.newest = sequence
    }
  }

  /// Another host is played on from now on. It numbers input events from one again.
  ///
  /// - Parameter firstFrame: the least number that a frame of it has.
  func hostChanged(firstFrame: Int64) {
    self.sentInputs.withLock { ($0.newest, $0.shown) = (0, 0) }
    self.nextHostFrame.store(firstFrame, ordering: .relaxed)
  }

  /// Whether frame number `index` is the first picture of another host than the picture before it.
  func isFirst(ofHost index: Int64) -> Bool {
    guard index >= self.nextHostFrame.load(ordering: .relaxed) else { return false }
    self.nextHostFrame.store(.max, ordering: .relaxed)
    return true
  }

  /// A picture captured after every event up to `sequence` had been applied is there: which of them are new to the
  /// player's eyes, and when each was sent.
  func inputShown(_ sequence: UInt32, _ body: (_ sequence: UInt32, _ sentAt: Instant) -> Void) {
    self.sentInputs.withLock { sent in
      guard sequence > sent.shown, sequence <= sent.newest else { return }
      let oldest = max(sent.shown + 1, sequence - min(sequence - 1, UInt32(SentInputs.capacity - 1)))
      for number in oldest...sequence { body(number, sent.at[Int(number) % SentInputs.capacity]) }
      sent.shown = sequence
    }
  }

  /// Publishes the network thread's figures.
  func publish(_ figures: NetworkFigures) {
    self.network.withLock { $0 = figures }
  }

  /// The network thread's latest figures.
  var networkFigures: NetworkFigures { self.network.withLock { $0 } }
}
