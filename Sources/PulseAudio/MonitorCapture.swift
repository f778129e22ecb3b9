import CPulse

/// Records what a game plays: the monitor of a null sink on a sound server of its own.
///
/// 48 kHz, two interleaved channels, signed 16 bits little-endian. The server keeps time: it delivers
/// packets at their pace, silence included. Belongs to one thread at a time.
public struct MonitorCapture: ~Copyable {
  public static let sampleRate = 48_000
  public static let channelCount = 2

  /// Samples per channel in a packet.
  public let framesPerPacket: Int

  private let stream: OpaquePointer

  /// - Parameters:
  ///   - server: where the sound server listens, such as `unix:/run/stage/pulse`.
  ///   - source: the source's name there.
  ///   - packetDuration: how much sound ``read(into:)`` returns at once, 2.5 ... 60 ms. The server delivers in pieces
  ///     of this size, so it is also the least delay that recording can have.
  /// - Throws: ``PulseError`` if there is no such server or source.
  public init(
    server: String,
    source: String = "martlet.monitor",
    packetDuration: Duration = .milliseconds(5)
  ) throws(PulseError) {
    let microseconds = Int(packetDuration / .microseconds(1))
    precondition((2500...60_000).contains(microseconds), "a packet lasts 2.5 to 60 ms")
    let framesPerPacket = Self.sampleRate * microseconds / 1_000_000
    var format = pa_sample_spec(format: PA_SAMPLE_S16LE, rate: UInt32(Self.sampleRate), channels: 2)
    var attributes = pa_buffer_attr(
      maxlength: .max,
      tlength: .max,
      prebuf: .max,
      minreq: .max,
      fragsize: UInt32(framesPerPacket * 4)
    )
    var failure: Int32 = 0
    let stream = pa_simple_new(
      server,
      "martlet",
      PA_STREAM_RECORD,
      source,
      "game",
      &format,
      nil,
      &attributes,
      &failure
    )
    guard let stream else { throw .failed(operation: "record from \(source) on \(server)", code: failure) }
    self.framesPerPacket = framesPerPacket
    self.stream = stream
  }

  deinit {
    pa_simple_free(self.stream)
  }

  /// Waits for the next packet of sound.
  ///
  /// - Parameter samples: exactly `2 * framesPerPacket` samples, left and right in turn.
  /// - Throws: ``PulseError`` once the server is gone.
  /// - Complexity: does not allocate in this module.
  public mutating func read(into samples: UnsafeMutableBufferPointer<Int16>) throws(PulseError) {
    precondition(samples.count == 2 * self.framesPerPacket, "the buffer must hold one packet")
    var failure: Int32 = 0
    guard pa_simple_read(self.stream, samples.baseAddress, samples.count * 2, &failure) >= 0 else {
      throw .failed(operation: "read from the game's sound", code: failure)
    }
  }

  /// How long ago the next sample that ``read(into:)`` returns was played, by the server's account.
  ///
  /// Costs a round trip to the server.
  ///
  /// - Throws: ``PulseError`` once the server is gone.
  public mutating func latency() throws(PulseError) -> Duration {
    var failure: Int32 = 0
    let microseconds = pa_simple_get_latency(self.stream, &failure)
    guard failure == 0 else { throw .failed(operation: "tell its latency", code: failure) }
    return .microseconds(Int64(microseconds))
  }

  /// Throws away what was recorded but not read yet, so that the next packet is new.
  ///
  /// - Throws: ``PulseError`` once the server is gone.
  public mutating func discardBacklog() throws(PulseError) {
    var failure: Int32 = 0
    guard pa_simple_flush(self.stream, &failure) >= 0 else {
      throw .failed(operation: "discard recorded sound", code: failure)
    }
  }
}
