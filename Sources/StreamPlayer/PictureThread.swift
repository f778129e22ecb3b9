import DatagramIO
import FFmpegCodec
import MediaUnits
import SessionReport
import Synchronization
import Transport

/// Decodes each frame the moment that it is whole, shows it, and keeps its ledger. The player's picture thread.
final class PictureThread {
  private let link: PlayerLink
  private let outputs: [any PictureOutput]
  private let recording: Recording?
  private let figures: PictureFigures
  private var buffer: [UInt8] = []
  private var failures = 0
  private var pace = DecoderPace()

  init(link: PlayerLink, outputs: [any PictureOutput], recording: Recording?, figures: PictureFigures) {
    self.link = link
    self.outputs = outputs
    self.recording = recording
    self.figures = figures
  }

  func run() {
    let inputs = self.outputs.compactMap(\.inputDescriptor)
    var poll = PollSet([self.link.pictureWakeup.fileDescriptor] + inputs)
    do {
      // Opened here, because its slice threads take their priority from the thread that opens it.
      var decoder = try VideoDecoder()
      while !self.link.mustStop.load(ordering: .relaxed) {
        try poll.wait(until: self.outputs.compactMap(\.inputDeadline).min())
        if poll.isReadable(0) { self.link.pictureWakeup.drain() }
        while let frame = self.link.frames.take(into: &self.buffer) { try self.show(frame, decoder: &decoder) }
        for output in self.outputs { try output.handleInput(link: self.link) }
      }
    } catch {
      self.link.finish(.failed("\(error)"))
    }
    for output in self.outputs {
      do {
        try output.finish()
      } catch {
        self.link.finish(.failed("\(error)"))
      }
    }
  }

  private func show(_ frame: ReceivedFrame, decoder: inout VideoDecoder) throws {
    let startedAt = Instant.now
    if frame.codec != decoder.codec {
      // Until a frame decodes with the new one, the outputs keep showing the last picture.
      guard frame.isKeyframe else { return self.askForKeyframe() }
      decoder = try VideoDecoder(codec: frame.codec)
    }
    if frame.restartsDecoder { decoder.restart() }
    let byteCount = frame.byteCount
    var size: PictureSize?
    var shown: (decodedAt: Instant, presentedAt: Instant)?
    var outputError: (any Error)?
    try self.buffer.withUnsafeBytes { bytes in
      let accessUnit = UnsafeRawBufferPointer(rebasing: bytes[..<byteCount])
      do {
        _ = try decoder.decode(accessUnit, pts: frame.index) { picture in
          let decodedAt = Instant.now
          size = picture.size
          // Later frames refer to it, but some of it is not what it should be: the last good picture stays.
          guard frame.refresh != .underWay else { return }
          do {
            for output in self.outputs { try output.show(picture.planes, frame: frame, decodedAt: decodedAt) }
          } catch {
            outputError = error
          }
          shown = (decodedAt, .now)
        }
      } catch {
        // A damaged frame: the next key frame mends it. A decoder that keeps failing is opened afresh.
        self.failures += 1
        if self.failures % 8 == 0 { try decoder.reset() }
        self.askForKeyframe()
      }
      if let outputError { throw outputError }
      try self.recording?.write(frame, accessUnit: accessUnit, size: size)
    }
    guard let shown else { return }
    self.failures = 0
    self.figures.record(frame, decodedAt: shown.decodedAt, presentedAt: shown.presentedAt, link: self.link)
    self.link.hasPicture.store(true, ordering: .relaxed)
    let (now, frameRate) = (Instant.now, self.link.frameRate.load(ordering: .relaxed))
    if self.pace.decoded(busy: now - startedAt, frameRate: frameRate, now: now) {
      self.link.decodableRate.store(self.pace.limit ?? 0, ordering: .relaxed)
      self.link.networkWakeup.signal()
    }
  }

  private func askForKeyframe() {
    self.link.decodingFailed.store(true, ordering: .relaxed)
    self.link.networkWakeup.signal()
  }
}
