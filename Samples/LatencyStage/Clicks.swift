import CStage
import Glibc
import Synchronization

/// Plays a short tone on the default sound server whenever it is told to, from a thread of its own.
final class Clicks: Sendable {
  private static let sampleRate = 48_000
  /// 2.5 ms, the piece in which sound is handed to the server.
  private static let pieceFrames = 120
  /// 20 ms of 1 kHz.
  private static let clickPieces = 8

  private let isDue = Atomic(false)

  /// Starts the thread; without a sound server it says so and stays silent.
  static func start() -> Clicks {
    let clicks = Clicks()
    var thread = pthread_t()
    let reference = Unmanaged.passRetained(clicks)
    let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
      if let argument { Unmanaged<Clicks>.fromOpaque(argument).takeRetainedValue().play() }
      return nil
    }
    pthread_create(&thread, nil, main, reference.toOpaque())
    pthread_detach(thread)
    return clicks
  }

  /// Plays a click as soon as the server's buffer allows.
  func click() {
    self.isDue.store(true, ordering: .relaxed)
  }

  private func play() {
    var format = pa_sample_spec(format: PA_SAMPLE_S16LE, rate: UInt32(Self.sampleRate), channels: 2)
    // 10 ms ahead of the server, topped up every 2.5 ms.
    var attributes = pa_buffer_attr(
      maxlength: .max,
      tlength: UInt32(16 * Self.pieceFrames),
      prebuf: 0,
      minreq: UInt32(4 * Self.pieceFrames),
      fragsize: .max
    )
    var failure: Int32 = 0
    let stream = pa_simple_new(
      nil,
      "latency-stage",
      PA_STREAM_PLAYBACK,
      nil,
      "clicks",
      &format,
      nil,
      &attributes,
      &failure
    )
    guard let stream else {
      let line = "no sound: \(String(cString: pa_strerror(failure)))\n"
      _ = write(2, line, line.utf8.count)
      return
    }
    defer { pa_simple_free(stream) }
    let silence = [Int16](repeating: 0, count: 2 * Self.pieceFrames)
    let tone = (0..<(Self.clickPieces * Self.pieceFrames)).flatMap { index -> [Int16] in
      let sample = Int16(24_000 * sin(Double(index) * 2 * .pi * 1000 / Double(Self.sampleRate)))
      return [sample, sample]
    }
    while true {
      let piece = self.isDue.exchange(false, ordering: .relaxed) ? tone : silence
      guard pa_simple_write(stream, piece, piece.count * 2, &failure) >= 0 else { return }
    }
  }
}
