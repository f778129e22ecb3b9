import DatagramIO
import Dispatch
import MediaUnits
import OpusCodec
import Presentation
import PulseAudio
import Synchronization
import Transport

/// Figures of the sound, kept by the audio thread.
public struct AudioFigures: Hashable, Sendable {
  /// Samples per channel that were decoded.
  public var decodedSampleCount = 0
  /// Samples per channel that were made up for packets that never came.
  public var concealedSampleCount = 0
  /// Largest sample seen, 0 ... 32768: zero means silence throughout.
  public var peak = 0

  public init() {}

  /// One line for people.
  public var text: String {
    guard self.decodedSampleCount > 0 else { return "Sound: none" }
    let seconds = (Double(self.decodedSampleCount) / 4800).rounded() / 10
    let share = self.concealedSampleCount * 1000 / (self.decodedSampleCount + self.concealedSampleCount)
    let level = self.peak == 0 ? "silent throughout" : "loudest sample \(self.peak * 100 / 32768) % of full scale"
    return "Sound: \(seconds) s decoded, \(Double(share) / 10) % concealed, \(level)"
  }
}

/// Decodes the sound in its turn and plays it. The player's audio thread.
final class AudioThread {
  /// More sound than this waiting to be played is dropped: it would only be heard late.
  private static let longestBacklog = 12

  private let link: PlayerLink
  private let output: PlayerConfiguration.AudioOutput
  private let recording: Recording?
  private let figures: Shared<AudioFigures>
  private var decoder: OpusDecoder
  private var playback: Playback?
  private var wav: WAVWriter?
  private var buffer: [UInt8] = []
  private var samples = [Int16](repeating: 0, count: 5760 * OpusFormat.channelCount)
  private var lastCount = OpusFormat.FrameLength.tenMilliseconds.rawValue

  init(
    link: PlayerLink,
    output: PlayerConfiguration.AudioOutput,
    recording: Recording?,
    figures: Shared<AudioFigures>
  ) throws {
    self.link = link
    self.output = output
    self.recording = recording
    self.figures = figures
    self.decoder = try OpusDecoder()
    switch output {
    case .none: break
    case .pulseAudio: self.playback = try Playback()
    case .wav(let path):
      self.wav = try WAVWriter(
        path: path,
        sampleRate: OpusFormat.sampleRate,
        channelCount: OpusFormat.channelCount
      )
    }
  }

  func run() {
    do {
      while !self.link.mustStop.load(ordering: .relaxed) {
        self.link.audioSignal.wait()
        while let step = self.link.audio.take(into: &self.buffer) { try self.play(step) }
      }
    } catch {
      self.link.finish(.failed("sound: \(error)"))
    }
  }

  private func play(_ step: ReceivedAudio) throws {
    switch step {
    case .packet(let mediaTime, _):
      let count = try self.buffer.withUnsafeBytes { packet in
        try self.recording?.write(audio: packet, mediaTime: mediaTime)
        return self.samples.withUnsafeMutableBufferPointer { pcm in
          // A packet that does not decode is as good as lost.
          (try? self.decoder.decode(packet, into: pcm)) ?? 0
        }
      }
      if count > 0 { self.lastCount = count }
      let peak = self.samples[..<(count * OpusFormat.channelCount)].reduce(0) { max($0, abs(Int($1))) }
      self.figures.update {
        $0.decodedSampleCount += count
        $0.peak = max($0.peak, peak)
      }
      try self.emit(count)
    case .lost(let packetCount):
      for _ in 0..<min(packetCount, 10) {
        let wanted = self.lastCount * OpusFormat.channelCount
        let count = try self.samples.withUnsafeMutableBufferPointer { pcm in
          try self.decoder.decode(nil, into: UnsafeMutableBufferPointer(rebasing: pcm[..<wanted]))
        }
        self.figures.update { $0.concealedSampleCount += count }
        try self.emit(count)
      }
    }
  }

  private func emit(_ count: Int) throws {
    guard count > 0 else { return }
    let held = self.samples
    let samples = held.span.extracting(0..<count * OpusFormat.channelCount)
    try self.wav?.write(samples)
    if let playback = self.playback, self.link.audio.count < Self.longestBacklog { try playback.write(samples) }
  }
}
