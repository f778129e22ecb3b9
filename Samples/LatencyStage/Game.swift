import CStage
import Glibc
import LatencyStrip
import MediaUnits

/// The game's loop: draw, show, collect input until the next frame is due.
struct Game: ~Copyable {
  private let options: Options
  private let window: Window
  private let log: EventLog
  private let scene: Scene
  private let clicks: Clicks?
  private var inputCount = 0

  init(options: Options, window: consuming Window, log: EventLog) {
    self.scene = Scene(width: window.width, height: window.height)
    self.clicks = options.beeps ? Clicks.start() : nil
    self.options = options
    self.window = window
    self.log = log
  }

  /// Returns when the frames asked for have been shown, or the display is gone.
  mutating func run() {
    let interval = 1_000_000_000 / Int64(self.options.rate)
    let start = monotonicNanoseconds()
    var frame = 0
    while frame < self.options.frameLimit, !self.window.isBroken {
      self.show(frame: frame)
      frame += 1
      // A frame that came too late does not make the next ones early.
      self.collectInput(until: max(start + Int64(frame) * interval, monotonicNanoseconds()))
    }
  }

  private func show(frame: Int) {
    let isFlash = self.options.beeps && frame % self.options.rate == 0
    self.scene.draw(
      seconds: Double(frame) / Double(self.options.rate),
      isBright: isFlash,
      into: self.window.pixels
    )
    let strip = LatencyStrip(
      frameNumber: UInt32(truncatingIfNeeded: frame),
      inputCount: UInt32(truncatingIfNeeded: self.inputCount),
      flags: isFlash ? .flash : []
    )
    strip.draw(
      into: BGRXView(
        size: PictureSize(width: self.window.width, height: self.window.height),
        pixels: UnsafeMutableRawPointer(self.window.pixels).assumingMemoryBound(to: UInt8.self),
        stride: 4 * self.window.width
      )
    )
    if isFlash { self.clicks?.click() }
    var sentAt: Int64 = 0
    self.window.show { sentAt = monotonicNanoseconds() }
    self.log.record("drawn", frame, at: sentAt)
  }

  private mutating func collectInput(until deadline: Int64) {
    while true {
      self.notePresses()
      // `poll` counts milliseconds; the rest is slept exactly.
      let milliseconds = Int32((deadline - monotonicNanoseconds()) / 1_000_000)
      guard milliseconds > 0, !self.window.isBroken else { break }
      var entry = pollfd(fd: self.window.fileDescriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&entry, 1, milliseconds)
    }
    shim_sleep_until(deadline)
    self.notePresses()
  }

  private mutating func notePresses() {
    for _ in 0..<self.window.pressCount() {
      self.inputCount += 1
      self.log.record("input", self.inputCount, at: monotonicNanoseconds())
    }
  }
}
