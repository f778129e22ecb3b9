import DatagramIO
import Dispatch
import MediaUnits
import OpusCodec
import Presentation
import PulseAudio
import Synchronization
public import Transport

/// Figures of the sound, kept by the audio thread.
public struct AudioFigures: Hashable, Sendable {
  /// Samples per channel that were decoded.
  public var decodedSampleCount = 0
  /// Samples per channel that were made up for packets that never came.
  public var concealedSampleCount = 0
  /// Largest sample seen, 0 ... 32768: zero means silence throughout.
  public var peak = 0
  /// How the sound was played; `nil` where it was not.
  public var playout: AudioPlayout.Figures?

  public init() {}

  /// One line for people.
  public var text: String {
    guard self.decodedSampleCount > 0 else { return "Sound: none" }
    let seconds = (Double(self.decodedSampleCount) / 4800).rounded() / 10
    let share = self.concealedSampleCount * 1000 / (self.decodedSampleCount + self.concealedSampleCount)
    let level = self.peak == 0 ? "silent throughout" : "loudest sample \(self.peak * 100 / 32768) % of full scale"
    var text = "Sound: \(seconds) s decoded, \(Double(share) / 10) % concealed, \(level)"
    if let playout = self.playout {
      text += "; \(playout.level.inMilliseconds.rounded()) ms waiting, \(playout.shortageCount) shortages, "
      text += "host's sound clock \(playout.driftPartsPerMillion.rounded()) ppm fast"
    }
    return text
  }
}

/// Decodes the sound in its turn and plays it. The player's audio thread.
final class AudioThread {
  /// Samples per channel that are played at once: 5 ms.
  private static let period = OpusFormat.sampleRate / 200

  private let link: PlayerLink
  private let output: PlayerConfiguration.AudioOutput
  private let recording: Recording?
  private let figures: Shared<AudioFigures>
  private var decoder: OpusDecoder
  private var playback: Playback?
  private var playout = AudioPlayout(sampleRate: OpusFormat.sampleRate, period: AudioThread.period)
  private var played = [Int16](repeating: 0, count: AudioThread.period * OpusFormat.channelCount)
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
    case .pulseAudio: self.playback = try Self.connect()
    case .wav(let path):
      self.wav = try WAVWriter(
        path: path,
        sampleRate: OpusFormat.sampleRate,
        channelCount: OpusFormat.channelCount
      )
    }
  }

  /// The connection to the sound server has a thread of its own, which gets the priority of the one that it is made on:
  /// on a machine that is busy with the picture, sound would break off otherwise.
  private static func connect() throws -> Playback {
    // SAFETY: written by one thread, which has ended when it is read.
    nonisolated(unsafe) var result: Result<Playback, any Error>?
    MediaThread.start(name: "sound-server") { result = Result { try Playback() } }.join()
    guard let result else { preconditionFailure("the thread has ended") }
    return try result.get()
  }

  func run() {
    do {
      while !self.link.mustStop.load(ordering: .relaxed) {
        if let playback = self.playback, self.playout.isReady {
          // The sound device sets the pace: writing waits until it has room.
          try self.takeAll()
          try self.play(to: playback)
        } else {
          self.link.audioSignal.wait()
          try self.takeAll()
        }
      }
    } catch {
      self.link.finish(.failed("sound: \(error)"))
    }
  }

  private func takeAll() throws {
    while let step = self.link.audio.take(into: &self.buffer) {
      // Whoever does not wait for the signal must use it up.
      _ = self.link.audioSignal.wait(timeout: .now())
      try self.decode(step)
    }
  }

  /// Plays one period.
  private func play(to playback: Playback) throws {
    let missing = self.playout.shortage()
    if missing > 0 { try self.conceal(missing) }
    guard self.playout.isReady else { return }
    var frames: [Int16] = []
    swap(&frames, &self.played)
    defer { swap(&frames, &self.played) }
    var span = frames.mutableSpan
    self.playout.play(into: &span, now: .now)
    let figures = self.playout.figures
    self.figures.update { $0.playout = figures }
    try playback.write(frames.span)
  }

  private func decode(_ step: ReceivedAudio) throws {
    switch step {
    case .packet(let mediaTime, let arrivedAt):
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
      try self.write(count)
      guard count > 0, self.playback != nil else { return }
      let held = self.samples
      let samples = held.span.extracting(0..<count * OpusFormat.channelCount)
      self.playout.append(samples, mediaTime: mediaTime, arrivedAt: arrivedAt, now: .now)
    case .lost(let packetCount):
      let lost = min(packetCount, 10) * self.lastCount
      try self.conceal(self.playback == nil ? lost : self.playout.lost(lost))
    }
  }

  /// Makes up sound for what never came.
  ///
  /// - Parameter count: samples per channel, a multiple of 2.5 ms.
  private func conceal(_ count: Int) throws {
    var left = count
    while left > 0 {
      let wanted = min(left, self.lastCount) * OpusFormat.channelCount
      let made = try self.samples.withUnsafeMutableBufferPointer { pcm in
        try self.decoder.decode(nil, into: UnsafeMutableBufferPointer(rebasing: pcm[..<wanted]))
      }
      guard made > 0 else { return }
      left -= made
      self.figures.update { $0.concealedSampleCount += made }
      try self.write(made)
      guard self.playback != nil else { continue }
      let held = self.samples
      self.playout.append(madeUp: held.span.extracting(0..<made * OpusFormat.channelCount), now: .now)
    }
  }

  private func write(_ count: Int) throws {
    guard count > 0 else { return }
    let held = self.samples
    try self.wav?.write(held.span.extracting(0..<count * OpusFormat.channelCount))
  }
}
