public import MediaUnits

/// Encodes pictures as sixels in a fixed palette of 6 × 6 × 6 colours with ordered dithering.
///
/// A fixed palette costs quality, but no search and no flicker between frames.
///
/// - Source: DEC STD 070 §9 (sixel); Bayer's 4 × 4 threshold matrix.
public struct SixelEncoder: Sendable {
  private static let colorCount = 216
  /// Thresholds of 1/16 of a step.
  private static let bayer: [Int] = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

  /// One band's bit patterns, colour by colour.
  private var band: [UInt8] = []
  private var isUsed = [Bool](repeating: false, count: Self.colorCount)

  public init() {}

  /// Appends one picture, to be drawn at the cursor.
  ///
  /// - Complexity: O(pixels + bands × colours used × width); allocates only when the width or `bytes` grows.
  public mutating func append(_ picture: BGRXView, into bytes: inout [UInt8]) {
    let width = picture.size.width
    let height = picture.size.height
    if self.band.count != width * Self.colorCount {
      self.band = Array(repeating: 0, count: width * Self.colorCount)
    }
    // Transparent background keeps what a picture does not cover; the raster attributes give its exact size.
    bytes.append(contentsOf: "\u{1B}P0;1;0q\"1;1;".utf8)
    ANSI.append(width, to: &bytes)
    bytes.append(UInt8(ascii: ";"))
    ANSI.append(height, to: &bytes)
    Self.appendPalette(to: &bytes)
    for top in stride(from: 0, to: height, by: 6) {
      self.collect(picture, rows: top..<min(top + 6, height))
      for color in 0..<Self.colorCount where self.isUsed[color] {
        self.appendLine(color: color, width: width, to: &bytes)
        self.isUsed[color] = false
      }
      bytes.append(UInt8(ascii: "-"))
    }
    bytes.append(0x1B)
    bytes.append(UInt8(ascii: "\\"))
  }

  private mutating func collect(_ picture: BGRXView, rows: Range<Int>) {
    let width = picture.size.width
    for row in rows {
      let bit = UInt8(1) << UInt8(row - rows.lowerBound)
      var pixel = picture.pixels + row * picture.stride
      for column in 0..<width {
        let threshold = Self.bayer[(row & 3) * 4 + (column & 3)]
        let red = Self.level(pixel[2], threshold)
        let green = Self.level(pixel[1], threshold)
        let blue = Self.level(pixel[0], threshold)
        let color = (red * 6 + green) * 6 + blue
        self.isUsed[color] = true
        self.band[color * width + column] |= bit
        pixel += 4
      }
    }
  }

  /// Appends one colour's line of the band, run-length encoded, and clears it.
  private mutating func appendLine(color: Int, width: Int, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "#"))
    ANSI.append(color, to: &bytes)
    let line = color * width..<(color + 1) * width
    var index = line.lowerBound
    while index < line.upperBound {
      let bits = self.band[index]
      var end = index + 1
      while end < line.upperBound, self.band[end] == bits { end += 1 }
      if bits != 0 || end != line.upperBound { Self.appendRun(bits, length: end - index, to: &bytes) }
      for cleared in index..<end { self.band[cleared] = 0 }
      index = end
    }
    bytes.append(UInt8(ascii: "$"))
  }

  private static func appendRun(_ bits: UInt8, length: Int, to bytes: inout [UInt8]) {
    if length > 3 {
      bytes.append(UInt8(ascii: "!"))
      ANSI.append(length, to: &bytes)
      bytes.append(63 + bits)
    } else {
      for _ in 0..<length { bytes.append(63 + bits) }
    }
  }

  private static func appendPalette(to bytes: inout [UInt8]) {
    for color in 0..<Self.colorCount {
      bytes.append(UInt8(ascii: "#"))
      ANSI.append(color, to: &bytes)
      bytes.append(contentsOf: ";2".utf8)
      for level in [color / 36, color / 6 % 6, color % 6] {
        bytes.append(UInt8(ascii: ";"))
        ANSI.append(level * 20, to: &bytes)  // percent
      }
    }
  }

  /// 0 … 5.
  private static func level(_ value: UInt8, _ threshold: Int) -> Int {
    (Int(value) * 5 * 16 + threshold * 255 + 127) / (255 * 16)
  }
}
