import CPulse
import MediaUnits

/// Plays interleaved 16-bit samples through a PulseAudio (or PipeWire) server, with little delay.
///
/// Used by one thread at a time: ``write(_:)`` waits while the server's buffer is full, which is what paces that
/// thread.
public final class Playback {
  /// A sound server that cannot be reached or has stopped playing.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done.
    public let operation: String
    /// A PulseAudio error code.
    public let code: Int32

    public var description: String {
      "\(self.operation): \(pa_strerror(self.code).map { String(cString: $0) } ?? "error \(self.code)")"
    }
  }

  /// Owns the stream and its connection.
  private struct Stream: ~Copyable {
    let pointer: OpaquePointer

    deinit {
      pa_simple_free(self.pointer)
    }
  }

  private let stream: Stream
  /// Samples a second and channel.
  public let sampleRate: Int
  /// Samples of one moment, 1 or 2.
  public let channelCount: Int

  /// Connects and starts the stream; the first samples written are heard at once.
  ///
  /// - Parameters:
  ///   - sampleRate: samples a second and channel, 8000 … 192000.
  ///   - channelCount: 1 or 2.
  ///   - targetLatency: how much sound the server should hold, at least 5 ms; it may hold more where its hardware
  ///     needs it.
  ///   - server: a PulseAudio server string; `nil` is the user's default.
  ///   - sink: the sink's name; `nil` is the user's default.
  ///   - title: what volume controls show beside the program's name.
  /// - Throws: ``Failure`` if there is no server, or no such sink.
  public init(
    sampleRate: Int = 48_000,
    channelCount: Int = 2,
    targetLatency: Duration = .milliseconds(20),
    server: String? = nil,
    sink: String? = nil,
    title: String = "Game sound"
  ) throws(Failure) {
    precondition((8_000...192_000).contains(sampleRate), "sound is sampled 8000 to 192000 times a second")
    precondition((1...2).contains(channelCount), "sound has one or two channels")
    var format = pa_sample_spec(format: PA_SAMPLE_S16LE, rate: UInt32(sampleRate), channels: UInt8(channelCount))
    let byteRate = Double(2 * channelCount * sampleRate)
    let target = UInt32(max(targetLatency, .milliseconds(5)).inSeconds * byteRate)
    let unset = UInt32.max
    var buffering = pa_buffer_attr(
      maxlength: unset,
      tlength: target,
      prebuf: 0,  // play what there is; waiting for a full buffer would only add delay
      minreq: target / 4,
      fragsize: unset
    )
    var code: CInt = 0
    let pointer = pa_simple_new(server, "Martlet", PA_STREAM_PLAYBACK, sink, title, &format, nil, &buffering, &code)
    guard let pointer else { throw Failure(operation: "connect to the sound server", code: code) }
    self.stream = Stream(pointer: pointer)
    self.sampleRate = sampleRate
    self.channelCount = channelCount
  }

  /// Plays samples after those written before, waiting for room.
  ///
  /// - Parameter samples: interleaved, whole frames: a multiple of ``channelCount``.
  /// - Throws: ``Failure`` if the server has gone.
  public func write(_ samples: Span<Int16>) throws(Failure) {
    precondition(samples.count % self.channelCount == 0, "samples come in whole frames")
    var code: CInt = 0
    let result = samples.bytes.withUnsafeBytes { bytes -> CInt in
      guard let base = bytes.baseAddress, bytes.count > 0 else { return 0 }
      return pa_simple_write(self.stream.pointer, base, bytes.count, &code)
    }
    guard result >= 0 else { throw Failure(operation: "play sound", code: code) }
  }

  /// How long it takes until a sample written now is heard, as far as the server knows.
  ///
  /// - Throws: ``Failure`` if the server has gone.
  public func latency() throws(Failure) -> Duration {
    var code: CInt = 0
    let microseconds = pa_simple_get_latency(self.stream.pointer, &code)
    guard microseconds != pa_usec_t.max else { throw Failure(operation: "ask for the sound's delay", code: code) }
    return .microseconds(Int64(microseconds))
  }

  /// Throws away what was written and not yet heard, to catch up after a stall.
  ///
  /// - Throws: ``Failure`` if the server has gone.
  public func flush() throws(Failure) {
    var code: CInt = 0
    guard pa_simple_flush(self.stream.pointer, &code) >= 0 else {
      throw Failure(operation: "discard sound", code: code)
    }
  }

  /// Waits until everything written has been heard.
  ///
  /// - Throws: ``Failure`` if the server has gone.
  public func drain() throws(Failure) {
    var code: CInt = 0
    guard pa_simple_drain(self.stream.pointer, &code) >= 0 else {
      throw Failure(operation: "finish playing", code: code)
    }
  }
}
