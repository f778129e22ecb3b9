import Foundation
import Glibc
import MediaUnits
import SessionProtocol
import Testing
import X11

@Suite(
  "Video window",
  .enabled(if: ExternalProgram.areInstalled("Xvfb", "xdotool", "ffmpeg"), "needs Xvfb, xdotool and ffmpeg"),
  .timeLimit(.minutes(1)),
  .serialized
)
struct VideoWindowTests {
  /// A display of its own, without a window manager.
  private final class Display {
    let name: String
    private let server: ExternalProgram

    init() throws {
      self.server = try ExternalProgram(
        "Xvfb",
        ["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        keepsOutput: true
      )
      let line = try #require(self.server.output).availableData
      self.name = ":" + String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func xdotool(_ arguments: String...) throws {
      try ExternalProgram.run("xdotool", arguments, environment: ["DISPLAY": self.name])
    }

    /// The screen's pixels as 0xRRGGBB.
    func screenshot() throws -> [UInt32] {
      let bytes = try ExternalProgram.run(
        "ffmpeg",
        [
          "-v", "error", "-f", "x11grab", "-draw_mouse", "0", "-video_size", "640x480", "-i", self.name, "-frames:v",
          "1", "-f", "rawvideo", "-pix_fmt", "bgr0", "-",
        ]
      )
      return bytes.withUnsafeBytes { buffer in
        (0..<buffer.count / 4).map { buffer.load(fromByteOffset: 4 * $0, as: UInt32.self) & 0xFF_FFFF }
      }
    }
  }

  /// Events until `isLast` accepts one, or 5 s have passed.
  private static func events(
    of window: VideoWindow,
    until isLast: (VideoWindow.Event) -> Bool
  ) throws -> [VideoWindow.Event] {
    var events: [VideoWindow.Event] = []
    for _ in 0..<50 {
      while let event = try window.nextEvent() {
        events.append(event)
        if isLast(event) { return events }
      }
      var poll = pollfd(fd: window.fileDescriptor, events: Int16(POLLIN), revents: 0)
      _ = Glibc.poll(&poll, 1, 100)
    }
    Issue.record("the last event never came; there were \(events)")
    return events
  }

  private static func fill(_ view: BGRXView, _ color: (_ x: Int, _ y: Int) -> UInt32) {
    for y in 0..<view.size.height {
      let row = UnsafeMutableRawPointer(view.pixels + y * view.stride)
      for x in 0..<view.size.width { row.storeBytes(of: color(x, y), toByteOffset: 4 * x, as: UInt32.self) }
    }
  }

  private static func open(_ display: Display) throws -> VideoWindow {
    let window = try VideoWindow(title: "Test – ü", size: PictureSize(width: 320, height: 200), display: display.name)
    _ = try Self.events(of: window) { $0 == .exposed }
    return window
  }

  /// Gives the window the keyboard, which without a window manager nobody else does.
  private static func focus(_ display: Display) throws {
    try display.xdotool("search", "--sync", "--class", "martlet", "windowfocus", "--sync")
  }

  @Test("what is presented is on the screen, frame after frame")
  func presents() throws {
    let display = try Display()
    let window = try Self.open(display)
    for frame in 0..<6 {
      let isDrawn = try window.withBackBuffer { view in
        Self.fill(view) { x, y in UInt32(x & 0xFF) << 16 | UInt32(y) << 8 | UInt32(frame * 40) }
      }
      if isDrawn { window.present() }
    }
    var wasDrawn = false
    for _ in 0..<200 where !wasDrawn {
      wasDrawn = try window.withBackBuffer { view in
        Self.fill(view) { x, y in UInt32(x & 0xFF) << 16 | UInt32(y) << 8 | 77 }
      }
      if !wasDrawn { usleep(1000) }
    }
    #expect(wasDrawn, "the server never gave a buffer back")
    window.present()
    let pixels = try display.screenshot()
    try #require(pixels.count == 640 * 480)
    for (x, y) in [(0, 0), (319, 0), (0, 199), (319, 199), (100, 50)] {
      #expect(pixels[y * 640 + x] == UInt32(x & 0xFF) << 16 | UInt32(y) << 8 | 77, "at \(x), \(y)")
    }
    #expect(pixels[10 * 640 + 330] == 0, "outside of the window")
  }

  @Test("a new size comes as an event and in the next back buffer")
  func resizes() throws {
    let display = try Display()
    let window = try Self.open(display)
    _ = try window.withBackBuffer { Self.fill($0) { _, _ in 0x112233 } }
    window.present()
    try display.xdotool("search", "--class", "martlet", "windowsize", "400", "300")
    let size = PictureSize(width: 400, height: 300)
    _ = try Self.events(of: window) { $0 == .resized(size) }
    var drawn: PictureSize?
    _ = try window.withBackBuffer { view in
      Self.fill(view) { _, _ in 0x445566 }
      drawn = view.size
    }
    #expect(drawn == size)
    window.present()
    #expect(try display.screenshot()[299 * 640 + 399] == 0x445566)
  }

  @Test("what is asked of the stream comes as a shortcut, and nothing of it reaches the game but Ctrl and Alt")
  func shortcuts() throws {
    let display = try Display()
    let window = try Self.open(display)
    try Self.focus(display)
    try display.xdotool("key", "ctrl+alt+Next", "ctrl+alt+Prior", "ctrl+alt+r", "ctrl+alt+c", "b")
    let events = try Self.events(of: window) { $0 == .input(.key(code: 48, isPressed: false)) }
    let shortcuts = events.compactMap { event in
      if case .shortcut(let shortcut) = event { shortcut } else { nil }
    }
    #expect(shortcuts == [.smallerPicture, .largerPicture, .otherRate, .otherCodec])
    let keys = events.compactMap { event -> UInt16? in
      if case .input(.key(let code, true)) = event { code } else { nil }
    }
    #expect(Set(keys) == [29, 56, 48])
  }

  @Test("keys come with their evdev codes; a held key comes once")
  func keys() throws {
    let display = try Display()
    let window = try Self.open(display)
    try Self.focus(display)
    try display.xdotool("key", "a", "Left")
    try display.xdotool("keydown", "space")
    usleep(900_000)  // longer than the server's repeat delay of 660 ms
    try display.xdotool("keyup", "space")
    let last = VideoWindow.Event.input(.key(code: 57, isPressed: false))
    let events = try Self.events(of: window) { $0 == last }
    let expected: [(UInt16, Bool)] = [(30, true), (30, false), (105, true), (105, false), (57, true), (57, false)]
    #expect(events == expected.map { .input(.key(code: $0.0, isPressed: $0.1)) })
  }

  @Test("the pointer is absolute within the picture; buttons and the wheel are told apart")
  func pointer() throws {
    let display = try Display()
    let window = try Self.open(display)
    window.pictureArea = VideoWindow.Area(x: 10, y: 20, size: PictureSize(width: 101, height: 51))
    try display.xdotool("mousemove", "60", "45", "click", "3", "click", "4", "mousemove", "200", "21")
    let last = VideoWindow.Event.input(.pointerPosition(x: 65_535, y: UInt16(65_535 / 50)))
    #expect(
      try Self.events(of: window) { $0 == last } == [
        .input(.pointerPosition(x: 32_767, y: 32_767)),
        .input(.button(code: 0x111, isPressed: true)),
        .input(.button(code: 0x111, isPressed: false)),
        .input(.wheel(deltaX: 0, deltaY: 120)),
        last,
      ]
    )
  }

  @Test("Ctrl+Alt+G grabs the pointer, which then moves relatively and without end")
  func grab() throws {
    let display = try Display()
    let window = try Self.open(display)
    try Self.focus(display)
    try display.xdotool("mousemove", "100", "100")
    try display.xdotool("key", "ctrl+alt+g")
    let released = VideoWindow.Event.input(.key(code: 56, isPressed: false))
    _ = try Self.events(of: window) { $0 == released }
    #expect(window.isGrabbed)
    for _ in 0..<10 { try display.xdotool("mousemove_relative", "100", "7") }
    var sum = (x: 0, y: 0)
    _ = try Self.events(of: window) { event in
      if case .input(.pointerMotion(let deltaX, let deltaY)) = event {
        sum = (sum.x + Int(deltaX), sum.y + Int(deltaY))
      }
      return sum.y == 70
    }
    #expect(sum == (1000, 70))  // a screen is only 640 wide
    try display.xdotool("key", "ctrl+alt+g")
    _ = try Self.events(of: window) { $0 == released }
    #expect(!window.isGrabbed)
  }

  @Test("losing the focus releases what is held and gives the pointer back")
  func focusLoss() throws {
    let display = try Display()
    let window = try Self.open(display)
    try Self.focus(display)
    window.setGrabbed(true)
    try display.xdotool("keydown", "w", "mousedown", "1")
    let pressed = VideoWindow.Event.input(.button(code: 0x110, isPressed: true))
    _ = try Self.events(of: window) { $0 == pressed }
    let other = try VideoWindow(title: "Other", size: PictureSize(width: 32, height: 32), display: display.name)
    _ = try Self.events(of: other) { $0 == .exposed }
    try display.xdotool("search", "--sync", "--name", "Other", "windowfocus", "--sync")
    let last = VideoWindow.Event.input(.button(code: 0x110, isPressed: false))
    let events = try Self.events(of: window) { $0 == last }
    #expect(events.contains(.input(.key(code: 17, isPressed: false))))
    #expect(!window.isGrabbed)
  }

  @Test("a lost server is an error")
  func serverLoss() throws {
    var display: Display? = try Display()
    let window = try Self.open(try #require(display))
    display = nil
    #expect(throws: VideoWindow.Failure.self) {
      for _ in 0..<100 where try window.nextEvent() == nil { usleep(10_000) }
    }
  }

  @Test("a display that is not there is an error, not a crash")
  func noDisplay() {
    #expect(throws: VideoWindow.Failure.self) {
      try VideoWindow(title: "", size: PictureSize(width: 16, height: 16), display: ":9999")
    }
  }
}
