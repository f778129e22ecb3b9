internal import Charts

public import MediaUnits

/// Puts small pictures side by side into one, each with its time beneath.
///
/// Fill it with ``add(_:at:)`` and read ``withPixels(_:)``; encoding a file is somebody else's work.
public struct ContactSheet {
  /// Pixels between pictures and around them.
  public static let margin = 8
  /// Rows below each picture for its time.
  public static let captionHeight = 18
  /// Font pixels are this many screen pixels.
  private static let fontScale = 2
  private static let background: UInt32 = 0x18_1A20
  private static let ink: UInt32 = 0xE6_E8EC

  private let thumbnail: PictureSize
  private let columns: Int
  private let capacity: Int
  private var pixels: [UInt32]
  public let size: PictureSize
  /// Pictures so far.
  public private(set) var count = 0

  /// - Parameters:
  ///   - thumbnail: every picture's size on the sheet.
  ///   - columns: pictures side by side, at least 1.
  ///   - capacity: pictures on the whole sheet, at least 1.
  public init(thumbnail: PictureSize, columns: Int, capacity: Int) {
    precondition(columns > 0 && capacity > 0, "a contact sheet has room for a picture")
    let rows = (capacity + columns - 1) / columns
    let width = Self.margin + columns * (thumbnail.width + Self.margin)
    let height = Self.margin + rows * (thumbnail.height + Self.captionHeight + Self.margin)
    self.thumbnail = thumbnail
    self.columns = columns
    self.capacity = capacity
    self.size = PictureSize(width: width, height: height)
    self.pixels = Array(repeating: Self.background, count: width * height)
  }

  /// Puts `picture` in the next place, scaled to the thumbnail's size.
  ///
  /// - Parameters:
  ///   - picture: of any size; each thumbnail pixel is the mean of those it covers.
  ///   - time: since the session's start, for the caption.
  /// - Returns: `false`, and nothing is drawn, once the sheet is full.
  @discardableResult
  public mutating func add(_ picture: BGRXView, at time: Duration) -> Bool {
    guard self.count < self.capacity else { return false }
    let left = Self.margin + self.count % self.columns * (self.thumbnail.width + Self.margin)
    let rowHeight = self.thumbnail.height + Self.captionHeight + Self.margin
    let top = Self.margin + self.count / self.columns * rowHeight
    for y in 0..<self.thumbnail.height {
      let rows = Self.source(y, of: self.thumbnail.height, from: picture.size.height)
      for x in 0..<self.thumbnail.width {
        let columns = Self.source(x, of: self.thumbnail.width, from: picture.size.width)
        self.pixels[(top + y) * self.size.width + left + x] = Self.mean(picture, columns: columns, rows: rows)
      }
    }
    self.draw(Self.caption(time), x: left, y: top + self.thumbnail.height + 4)
    self.count += 1
    return true
  }

  /// Lends the sheet's pixels. Nothing may keep the view.
  public mutating func withPixels<Result>(_ body: (BGRXView) throws -> Result) rethrows -> Result {
    let size = self.size
    return try self.pixels.withUnsafeMutableBytes { bytes in
      let base = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
      return try body(BGRXView(size: size, pixels: base, stride: 4 * size.width))
    }
  }

  /// `1:02.345`.
  static func caption(_ time: Duration) -> String {
    let milliseconds = max(0, time.wholeNanoseconds / 1_000_000)
    let seconds = Decimal.fixed(Double(milliseconds % 60_000) / 1000, 3)
    return "\(milliseconds / 60_000):" + (seconds.utf8.count < 6 ? "0" : "") + seconds
  }

  /// Which source pixels one target pixel covers; at least one.
  private static func source(_ index: Int, of count: Int, from sourceCount: Int) -> Range<Int> {
    let start = index * sourceCount / count
    return start..<max(start + 1, (index + 1) * sourceCount / count)
  }

  private static func mean(_ picture: BGRXView, columns: Range<Int>, rows: Range<Int>) -> UInt32 {
    var blue = 0
    var green = 0
    var red = 0
    for row in rows {
      var pixel = picture.pixels + row * picture.stride + 4 * columns.lowerBound
      for _ in columns {
        blue += Int(pixel[0])
        green += Int(pixel[1])
        red += Int(pixel[2])
        pixel += 4
      }
    }
    let count = rows.count * columns.count
    return UInt32(red / count) << 16 | UInt32(green / count) << 8 | UInt32(blue / count)
  }

  private mutating func draw(_ text: String, x: Int, y: Int) {
    var left = x
    for character in text {
      guard let glyph = DigitFont.glyph(character) else { continue }
      // A thumbnail narrower than its caption cuts it off rather than running into the next.
      guard left + DigitFont.width * Self.fontScale <= x + self.thumbnail.width else { return }
      for row in 0..<(DigitFont.height * Self.fontScale) {
        for column in 0..<(DigitFont.width * Self.fontScale)
        where glyph[row / Self.fontScale] >> (DigitFont.width - 1 - column / Self.fontScale) & 1 == 1 {
          self.pixels[(y + row) * self.size.width + left + column] = Self.ink
        }
      }
      left += (DigitFont.width + 1) * Self.fontScale
    }
  }
}
