import MediaUnits
import Transport

/// Somewhere for decoded pictures to go. Used by the picture thread alone.
protocol PictureOutput: AnyObject {
  /// Polls readable when ``handleInput(link:)`` has something to do; `nil` for an output that is no source of input.
  var inputDescriptor: Int32? { get }
  /// When ``handleInput(link:)`` must be called even so; `nil` for never.
  var inputDeadline: Instant? { get }
  /// Shows one picture, valid during the call.
  ///
  /// - Throws: whatever keeps the output from working; it is fatal to the session.
  func show(_ picture: I420View, frame: ReceivedFrame, decodedAt: Instant) throws
  /// Passes on what the person at the output did.
  func handleInput(link: PlayerLink) throws
  /// No more pictures will come.
  func finish() throws
}

extension PictureOutput {
  var inputDescriptor: Int32? { nil }
  var inputDeadline: Instant? { nil }
  func handleInput(link: PlayerLink) throws {}
  func finish() throws {}
}

/// A picture of 32-bit pixels that is kept from frame to frame.
final class PixelBuffer {
  private(set) var view: BGRXView

  init(size: PictureSize) {
    self.view = Self.allocate(size)
  }

  deinit {
    self.view.pixels.deallocate()
  }

  /// Makes the buffer fit `size`; what it held is lost if it did not.
  func resize(to size: PictureSize) {
    guard size != self.view.size else { return }
    self.view.pixels.deallocate()
    self.view = Self.allocate(size)
  }

  private static func allocate(_ size: PictureSize) -> BGRXView {
    let stride = size.width * 4
    let pixels = UnsafeMutablePointer<UInt8>.allocate(capacity: stride * size.height)
    pixels.initialize(repeating: 0, count: stride * size.height)
    return BGRXView(size: size, pixels: pixels, stride: stride)
  }
}
