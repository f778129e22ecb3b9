import CXCB
import Foundation
import Glibc
import MediaUnits
import SessionProtocol
import Testing
import X11

@Suite(
  "Screen capture",
  .serialized,
  .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/Xvfb"), "needs Xvfb"),
  .timeLimit(.minutes(1))
)
struct CaptureTests {
  private let display: TestDisplay
  private let size = PictureSize(width: 320, height: 200)

  init() throws {
    self.display = try #require(TestDisplay(size: self.size))
  }

  /// The picture as 0xRRGGBB.
  private func picture(_ capture: inout ScreenCapture) throws -> [UInt32] {
    var pixels: [UInt32] = []
    _ = try capture.capture { view in
      for y in 0..<view.size.height {
        let row = view.pixels + y * view.stride
        for x in 0..<view.size.width {
          pixels.append(UInt32(row[4 * x + 2]) << 16 | UInt32(row[4 * x + 1]) << 8 | UInt32(row[4 * x]))
        }
      }
    }
    return pixels
  }

  /// Waits for a change, for five seconds at most.
  private func change(_ capture: inout ScreenCapture) throws -> Bool {
    if try capture.processEvents() { return true }
    for _ in 0..<50 {
      guard waitReadable(capture.fileDescriptor, milliseconds: 100) else { continue }
      if try capture.processEvents() { return true }
    }
    return false
  }

  @Test("shows exactly what was drawn, when it was drawn")
  func pattern() throws {
    let client = try #require(DrawingClient(display: self.display.name))
    var capture = try ScreenCapture(display: self.display.name)
    #expect(capture.size == self.size)
    // The first picture is due at once, whether or not anything was drawn.
    #expect(try capture.processEvents())
    _ = try self.picture(&capture)
    for step in 0..<4 {
      let color = UInt32(0x10_2030 + step * 0x20_1008)
      client.fill(x: 10 + step, y: 20, width: 30, height: 40, color: color)
      #expect(try self.change(&capture))
      let pixels = try self.picture(&capture)
      #expect(pixels[20 * 320 + 10 + step] == color)
      #expect(pixels[59 * 320 + 39 + step] == color)
      #expect(pixels[60 * 320 + 39 + step] == 0)
      #expect(pixels[19 * 320 + 39 + step] == 0)
    }
    #expect(capture.damageEventCount >= 4)
  }

  @Test("wakes nobody up while the screen is still")
  func still() throws {
    let client = try #require(DrawingClient(display: self.display.name))
    var capture = try ScreenCapture(display: self.display.name)
    client.fill(x: 0, y: 0, width: 10, height: 10, color: 1)
    #expect(try self.change(&capture))
    _ = try self.picture(&capture)
    while try capture.processEvents() { _ = try self.picture(&capture) }
    let before = capture.damageEventCount
    #expect(!waitReadable(capture.fileDescriptor, milliseconds: 300))
    #expect(try !capture.processEvents())
    #expect(capture.damageEventCount == before)
  }

  @Test("shows the pointer where it is, only while it can be seen, and wakes up when it moves")
  func cursor() throws {
    let client = try #require(DrawingClient(display: self.display.name))
    var capture = try ScreenCapture(display: self.display.name)
    var input = try InputInjector(display: self.display.name)
    client.setCursor(side: 8, color: 0xFF_0000)
    try input.inject(.pointerPosition(x: 32767, y: 32767))
    #expect(try StageUnderTest.eventuallyThrowing { try capture.processEvents() && capture.isCursorVisible })
    let shown = try self.picture(&capture)
    // Drawn to the right of and below the hot spot, which is its corner.
    #expect(shown[99 * 320 + 159] == 0xFF_0000)
    #expect(shown[106 * 320 + 166] == 0xFF_0000)
    #expect(shown[98 * 320 + 159] == 0)
    #expect(shown[107 * 320 + 167] == 0)

    try input.inject(.pointerMotion(deltaX: 50, deltaY: 0))
    #expect(try self.change(&capture))
    let moved = try self.picture(&capture)
    #expect(moved[100 * 320 + 160] == 0)
    #expect(moved[100 * 320 + 210] == 0xFF_0000)

    client.hideCursor()
    #expect(try StageUnderTest.eventuallyThrowing { try capture.processEvents() && !capture.isCursorVisible })
    #expect(try self.picture(&capture).allSatisfy { $0 == 0 })
    try input.inject(.pointerMotion(deltaX: -50, deltaY: 0))
    #expect(!waitReadable(capture.fileDescriptor, milliseconds: 200))
  }

  @Test("throws when the server is gone, and injection does too")
  func serverGone() throws {
    var capture = try ScreenCapture(display: self.display.name)
    var input = try InputInjector(display: self.display.name)
    self.display.end()
    #expect(throws: X11Error.connectionLost) { _ = try capture.capture { _ in } }
    #expect(throws: X11Error.connectionLost) { _ = try capture.processEvents() }
    #expect(throws: X11Error.connectionLost) {
      for _ in 0..<10 { try input.inject(.key(code: 30, isPressed: true)) }
    }
    #expect(throws: X11Error.self) { _ = try ScreenCapture(display: self.display.name) }
  }
}
