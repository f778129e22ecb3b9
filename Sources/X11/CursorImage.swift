import CXCB
import MediaUnits

/// A pointer's picture, and what lies under it while it is drawn.
struct CursorImage {
  private var width = 0
  private var height = 0
  private var hotX = 0
  private var hotY = 0
  /// Premultiplied alpha, red, green, blue.
  private var pixels: [UInt32] = []
  private var covered: [UInt32] = []
  /// False while a game hides the pointer, by whatever means.
  private(set) var isVisible = false

  /// - Parameter reply: as from XFixesGetCursorImage; `nil` if there is no cursor at all.
  mutating func update(_ reply: UnsafeMutablePointer<xcb_xfixes_get_cursor_image_reply_t>?) {
    self.isVisible = false
    guard let reply, let source = xcb_xfixes_get_cursor_image_cursor_image(reply) else { return }
    let count = Int(xcb_xfixes_get_cursor_image_cursor_image_length(reply))
    self.width = Int(reply.pointee.width)
    self.height = Int(reply.pointee.height)
    guard count == self.width * self.height else { return }
    self.hotX = Int(reply.pointee.xhot)
    self.hotY = Int(reply.pointee.yhot)
    self.pixels = Array(UnsafeBufferPointer(start: source, count: count))
    self.covered = self.pixels
    self.isVisible = self.pixels.contains { $0 >> 24 != 0 }
  }

  /// Blends the cursor in; ``erase(from:pointerX:pointerY:)`` at the same place undoes it.
  mutating func draw(into picture: BGRXView, pointerX: Int, pointerY: Int) {
    self.forEachVisiblePixel(of: picture, pointerX: pointerX, pointerY: pointerY) { image, index, pixel in
      let below = pixel.pointee
      image.covered[index] = below
      let above = image.pixels[index]
      let rest = 255 - above >> 24
      func mix(_ shift: UInt32) -> UInt32 {
        min(255, (above >> shift & 0xFF) + ((below >> shift & 0xFF) * rest + 127) / 255) << shift
      }
      pixel.pointee = mix(16) | mix(8) | mix(0)
    }
  }

  /// Puts back what the cursor was drawn over.
  mutating func erase(from picture: BGRXView, pointerX: Int, pointerY: Int) {
    self.forEachVisiblePixel(of: picture, pointerX: pointerX, pointerY: pointerY) { image, index, pixel in
      pixel.pointee = image.covered[index]
    }
  }

  private mutating func forEachVisiblePixel(
    of picture: BGRXView,
    pointerX: Int,
    pointerY: Int,
    _ body: (inout CursorImage, Int, UnsafeMutablePointer<UInt32>) -> Void
  ) {
    let left = pointerX - self.hotX
    let top = pointerY - self.hotY
    for row in max(0, -top)..<max(max(0, -top), min(self.height, picture.size.height - top)) {
      let line = UnsafeMutableRawPointer(picture.pixels + (top + row) * picture.stride)
        .assumingMemoryBound(to: UInt32.self)
      for column in max(0, -left)..<max(max(0, -left), min(self.width, picture.size.width - left)) {
        let index = row * self.width + column
        if self.pixels[index] >> 24 != 0 { body(&self, index, line + left + column) }
      }
    }
  }
}
