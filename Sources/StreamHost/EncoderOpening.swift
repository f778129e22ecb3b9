import DatagramIO
import Dispatch
import FFmpegCodec
import MediaUnits
import SessionProtocol
import Synchronization

/// Opens another encoder on a thread of its own, while the one that streams goes on.
///
/// Opening takes tens of milliseconds, and closing some; neither may hold up a picture. The new encoder has encoded a
/// picture before it is handed over, so that its first that counts finds all memory in place. The old one is given back to
/// the thread, which closes it.
final class EncoderOpening: Sendable {
  /// SAFETY: one thread puts the encoder in, and another takes it out, within the lock; nobody else has it.
  private final class Box: @unchecked Sendable {
    var encoder: VideoEncoder?

    init(_ encoder: consuming VideoEncoder) {
      self.encoder = consume encoder
    }
  }

  private enum State: Sendable {
    case opening
    case opened(Box)
    case failed(String)
    case over
  }

  /// What came of it.
  enum Outcome: ~Copyable {
    case opened(VideoEncoder)
    /// The text is for the log.
    case failed(String)
  }

  let terms: StreamTerms
  private let state = Mutex<State>(.opening)
  private let retired = Mutex<Box?>(nil)
  private let isOver = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - terms: what it will stream.
  ///   - bitrate: at which it begins.
  ///   - kind: which encoder it is; called on the new thread, and may take a while.
  ///   - wakeup: signalled when ``take()`` has something.
  init(
    _ terms: StreamTerms,
    bitrate: Bitrate,
    kind: @escaping @Sendable () throws -> EncoderKind,
    wakeup: Wakeup
  ) {
    self.terms = terms
    // The encoder's own threads take their priority from the one that opens it.
    _ = MediaThread.start(name: "seat-encoder") {
      do {
        var encoder = try VideoEncoder(
          VideoEncoder.Configuration(
            size: terms.picture,
            frameRate: terms.frameRate,
            bitrate: bitrate,
            kind: try kind(),
            refreshPeriod: terms.refreshPeriod
          )
        )
        try encoder.encode(isKeyframe: true, pts: 0) { _ in }
        let box = Box(encoder)
        self.state.withLock { $0 = .opened(box) }
      } catch {
        let text = "\(error)"
        self.state.withLock { $0 = .failed(text) }
      }
      wakeup.signal()
      self.isOver.wait()
      self.retired.withLock { $0 = nil }
      self.state.withLock { $0 = .over }
    }
  }

  /// Takes the encoder, or why there is none; `nil` as long as it is being opened.
  func take() -> Outcome? {
    self.state.withLock { state -> Outcome? in
      switch state {
      case .opening, .over: return nil
      case .failed(let text):
        state = .over
        return .failed(text)
      case .opened(let box):
        state = .over
        guard let encoder = box.encoder.take() else { return nil }
        return .opened(encoder)
      }
    }
  }

  /// Ends the thread, which closes what it was given.
  ///
  /// - Parameter encoder: the one that is replaced; `nil` if none is.
  func end(retiring encoder: consuming VideoEncoder?) {
    if let encoder {
      let box = Box(encoder)
      self.retired.withLock { $0 = box }
    }
    self.isOver.signal()
  }
}
