import MediaUnits
import PixelConversion
import Transport
import X11

/// Pictures in an X11 window; keyboard and pointer from it.
final class WindowOutput: PictureOutput {
  private let window: VideoWindow
  private let picture: PixelBuffer

  init(title: String, size: PictureSize) throws {
    self.window = try VideoWindow(title: title, size: size)
    self.picture = PixelBuffer(size: size)
  }

  var inputDescriptor: Int32? { self.window.fileDescriptor }

  func show(_ picture: I420View, frame: ReceivedFrame, decodedAt: Instant) throws {
    let source = picture.size
    let isShown = try self.window.withBackBuffer { back in
      guard back.size != source else {
        PixelConversion.convert(picture, to: back)
        return
      }
      let area = Self.fit(source, into: back.size)
      self.window.pictureArea = area
      self.picture.resize(to: source)
      PixelConversion.convert(picture, to: self.picture.view)
      Self.blacken(back, around: area)
      let part = BGRXView(
        size: area.size,
        pixels: back.pixels + area.y * back.stride + area.x * 4,
        stride: back.stride
      )
      PixelConversion.scale(self.picture.view, to: part, filter: .bilinear)
    }
    // The server still reads both buffers: this picture is skipped, the next one will be newer.
    if isShown { self.window.present() }
  }

  func handleInput(link: PlayerLink) throws {
    while let event = try self.window.nextEvent() {
      switch event {
      case .input(let input): link.send(input)
      case .shortcut(.largerPicture): link.wish(.largerPicture)
      case .shortcut(.smallerPicture): link.wish(.smallerPicture)
      case .shortcut(.otherRate): link.wish(.otherRate)
      case .shortcut(.otherCodec): link.wish(.otherCodec)
      case .closed: link.finish(.finished)
      case .resized: self.window.pictureArea = nil
      case .exposed: self.window.present()
      }
    }
  }

  /// The largest area of the window that has the picture's shape.
  private static func fit(_ source: PictureSize, into target: PictureSize) -> VideoWindow.Area {
    let isWider = target.width * source.height > target.height * source.width
    let width = isWider ? max(1, target.height * source.width / source.height) : target.width
    let height = isWider ? target.height : max(1, target.width * source.height / source.width)
    return VideoWindow.Area(
      x: (target.width - width) / 2,
      y: (target.height - height) / 2,
      size: PictureSize(width: width, height: height)
    )
  }

  private static func blacken(_ back: BGRXView, around area: VideoWindow.Area) {
    guard area.size != back.size else { return }
    for row in 0..<back.size.height {
      (back.pixels + row * back.stride).update(repeating: 0, count: back.size.width * 4)
    }
  }
}
