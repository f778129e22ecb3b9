import DatagramIO
import MediaUnits
import OpusCodec
import PulseAudio
import Synchronization
import Transport

/// A seat's sound: monitor of the stage's sink → Opus → network thread. Runs on a thread of its own until told to stop.
enum SeatAudio {
  private static let sampleRate: Int64 = 48_000
  /// The capture clock may wander this far from the machine's before the stream's time is set anew.
  private static let tolerance: Duration = .milliseconds(20)

  static func run(link: SeatLink, server: String, frameLength: OpusFormat.FrameLength) throws {
    let duration = Duration.nanoseconds(Int64(frameLength.rawValue) * 1_000_000_000 / Self.sampleRate)
    var capture = try MonitorCapture(server: server, packetDuration: duration)
    var encoder = try OpusEncoder(OpusEncoder.Configuration(frameLength: frameLength))
    var samples = [Int16](repeating: 0, count: frameLength.rawValue * OpusFormat.channelCount)
    var packet = [UInt8](repeating: 0, count: OpusFormat.maximumPacketByteCount)
    var capturedAt: Instant?

    while !link.mustStop.load(ordering: .relaxed) {
      try samples.withUnsafeMutableBufferPointer { try capture.read(into: $0) }
      let now = Instant.now
      // The samples' own count is the clock; the machine's only corrects it.
      let measured = now - duration
      var start = capturedAt ?? measured
      let drift = measured - start
      if drift > Self.tolerance || drift < .zero - Self.tolerance { start = measured }
      capturedAt = start + duration

      guard !link.isSuspended.load(ordering: .relaxed) else { continue }
      let byteCount = try samples.withUnsafeBufferPointer { pcm in
        try packet.withUnsafeMutableBytes { try encoder.encode(pcm: pcm, into: $0) }
      }
      let accepted = packet.withUnsafeBytes {
        link.audio.put(UnsafeRawBufferPointer(rebasing: $0[..<byteCount]), label: start)
      }
      if accepted { link.networkWakeup.signal() }
    }
  }
}
