import Foundation
import MediaUnits
import SessionProtocol
import Testing
import X11

@Suite(
  "Input injection",
  .serialized,
  .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/Xvfb"), "needs Xvfb"),
  .timeLimit(.minutes(1))
)
struct InjectionTests {
  private let display: TestDisplay
  private let client: DrawingClient

  init() throws {
    self.display = try #require(TestDisplay(size: PictureSize(width: 640, height: 480)))
    self.client = try #require(DrawingClient(display: self.display.name))
  }

  private func played(_ events: [InputEvent], expecting count: Int) throws -> [DrawingClient.Event] {
    var input = try InputInjector(display: self.display.name)
    for event in events { try input.inject(event) }
    return self.client.events(atLeast: count)
  }

  @Test("plays keys by their evdev codes")
  func keys() throws {
    let seen = try self.played([.key(code: 30, isPressed: true), .key(code: 30, isPressed: false)], expecting: 2)
    #expect(seen == [.key(38, isPressed: true, state: 0), .key(38, isPressed: false, state: 0)])
  }

  @Test("plays buttons and whole detents of the wheel")
  func buttons() throws {
    var events: [InputEvent] = []
    for code: UInt16 in [0x110, 0x111, 0x112, 0x113, 0x114] {
      events += [.button(code: code, isPressed: true), .button(code: code, isPressed: false)]
    }
    events += [.wheel(deltaX: 0, deltaY: 60), .wheel(deltaX: 0, deltaY: 60), .wheel(deltaX: -120, deltaY: -120)]
    let seen = try self.played(events, expecting: 16).compactMap { event in
      if case .button(let button, true) = event { button } else { nil }
    }
    #expect(seen == [1, 3, 2, 8, 9, 4, 6, 5])
  }

  @Test("moves the pointer to a place, by a distance, and with the first finger")
  func pointer() throws {
    let seen = try self.played(
      [
        .pointerPosition(x: 65535, y: 65535), .pointerPosition(x: 0, y: 0), .pointerMotion(deltaX: 12, deltaY: 34),
        .touch(finger: 3, phase: .began, x: 32767, y: 32767), .touch(finger: 4, phase: .began, x: 0, y: 0),
        .touch(finger: 3, phase: .ended, x: 32767, y: 32767),
      ],
      expecting: 7
    )
    let expected: [DrawingClient.Event] = [
      .motion(x: 639, y: 479), .motion(x: 0, y: 0), .motion(x: 12, y: 34), .motion(x: 319, y: 239),
      .button(1, isPressed: true), .motion(x: 319, y: 239), .button(1, isPressed: false),
    ]
    #expect(seen == expected)
  }

  @Test("types letters with and without shift, and characters that the layout lacks")
  func text() throws {
    let seen = try self.played([.text("a"), .text("A"), .text("ж")], expecting: 8)
    let keys = seen.compactMap { event -> (UInt8, UInt16)? in
      if case .key(let code, true, let state) = event { (code, state) } else { nil }
    }
    try #require(keys.count == 4)
    #expect(keys[0] == (38, 0))
    // Shift_L, and then the same key while it is down.
    #expect(keys[1] == (50, 0))
    #expect(keys[2] == (38, 1))
    #expect(self.client.keysym(of: keys[3].0) == 0x0100_0436)
  }

  @Test("lets go of everything that is down")
  func release() throws {
    var input = try InputInjector(display: self.display.name)
    try input.inject(.key(code: 42, isPressed: true))
    try input.inject(.button(code: 0x110, isPressed: true))
    try input.releaseAll()
    try input.releaseAll()
    let seen = self.client.events(atLeast: 4)
    #expect(seen.count == 4)
    #expect(seen.contains(.button(1, isPressed: false)))
    #expect(
      seen.contains(.key(50, isPressed: false, state: 0x101)) || seen.contains(.key(50, isPressed: false, state: 1))
    )
  }

  @Test("counts what the display cannot express")
  func ignored() throws {
    var input = try InputInjector(display: self.display.name)
    let pad = InputEvent.GamepadState(
      pad: 0,
      buttons: 1,
      leftX: 0,
      leftY: 0,
      rightX: 0,
      rightY: 0,
      leftTrigger: 0,
      rightTrigger: 0
    )
    let unknown: [InputEvent] = [
      .key(code: 0, isPressed: true), .key(code: 248, isPressed: true), .key(code: .max, isPressed: true),
      .button(code: 0x115, isPressed: true), .gamepad(pad), .touch(finger: 0, phase: .moved, x: 0, y: 0),
      .text("\u{1}"),
    ]
    for event in unknown { #expect(try !input.inject(event), "\(event)") }
    #expect(input.ignoredCount == unknown.count)
    #expect(input.injectedCount == 0)
    #expect(self.client.events(atLeast: 0).isEmpty)
  }
}
