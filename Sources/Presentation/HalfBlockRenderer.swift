public import MediaUnits

/// Draws pictures with ▀ in 24-bit colour, two pixels a character, sending only what changed.
public struct HalfBlockRenderer: Sendable {
  /// Colour steps (of 255, per channel) that a cell may be off before it is drawn again. Coding noise stays below it.
  public static let tolerance = 4

  /// What one cell shows: upper and lower pixel as 0xRRGGBB.
  private struct Cell: Hashable {
    var upper: UInt32
    var lower: UInt32
  }

  private var shown: [Cell?] = []
  private var columns = 0
  private var rows = 0

  public init() {}

  /// Forgets what the screen shows, so that the next picture is drawn whole.
  public mutating func invalidate() {
    self.shown.removeAll(keepingCapacity: true)
    self.columns = 0
  }

  /// Appends what turns the screen into `picture`.
  ///
  /// - Parameters:
  ///   - picture: one column a pixel, one row two pixels; an odd last row is doubled.
  ///   - row: the screen row of the top left cell, from 0.
  ///   - column: the screen column of the top left cell, from 0.
  ///   - bytes: where to append.
  /// - Complexity: O(pixels); allocates only when the picture's size changes or `bytes` grows.
  public mutating func render(_ picture: BGRXView, row: Int, column: Int, into bytes: inout [UInt8]) {
    let columns = picture.size.width
    let rows = (picture.size.height + 1) / 2
    if columns != self.columns || rows != self.rows {
      self.shown = Array(repeating: nil, count: columns * rows)
      self.columns = columns
      self.rows = rows
    }
    var foreground: UInt32?
    var background: UInt32?
    for cellRow in 0..<rows {
      var penColumn = -1
      let upperRow = picture.pixels + 2 * cellRow * picture.stride
      let lowerRow = picture.pixels + min(2 * cellRow + 1, picture.size.height - 1) * picture.stride
      for cellColumn in 0..<columns {
        let cell = Cell(upper: Self.color(upperRow + 4 * cellColumn), lower: Self.color(lowerRow + 4 * cellColumn))
        let index = cellRow * columns + cellColumn
        if let old = self.shown[index], Self.isClose(old.upper, cell.upper), Self.isClose(old.lower, cell.lower) {
          continue
        }
        self.shown[index] = cell
        if penColumn != cellColumn {
          ANSI.appendMove(row: row + cellRow, column: column + cellColumn, to: &bytes)
        }
        penColumn = cellColumn + 1
        if cell.upper != foreground { Self.appendColor(cell.upper, isForeground: true, to: &bytes) }
        if cell.lower != background { Self.appendColor(cell.lower, isForeground: false, to: &bytes) }
        foreground = cell.upper
        background = cell.lower
        bytes.append(0xE2)  // ▀, U+2580, in UTF-8
        bytes.append(0x96)
        bytes.append(0x80)
      }
    }
  }

  private static func color(_ pixel: UnsafeMutablePointer<UInt8>) -> UInt32 {
    UInt32(pixel[2]) << 16 | UInt32(pixel[1]) << 8 | UInt32(pixel[0])
  }

  private static func isClose(_ first: UInt32, _ second: UInt32) -> Bool {
    if first == second { return true }
    for shift: UInt32 in [0, 8, 16] {
      let difference = Int(first >> shift & 0xFF) - Int(second >> shift & 0xFF)
      if abs(difference) > Self.tolerance { return false }
    }
    return true
  }

  private static func appendColor(_ color: UInt32, isForeground: Bool, to bytes: inout [UInt8]) {
    bytes.append(0x1B)
    bytes.append(UInt8(ascii: "["))
    bytes.append(isForeground ? UInt8(ascii: "3") : UInt8(ascii: "4"))
    bytes.append(UInt8(ascii: "8"))
    bytes.append(UInt8(ascii: ";"))
    bytes.append(UInt8(ascii: "2"))
    for shift: UInt32 in [16, 8, 0] {
      bytes.append(UInt8(ascii: ";"))
      ANSI.append(Int(color >> shift & 0xFF), to: &bytes)
    }
    bytes.append(UInt8(ascii: "m"))
  }
}
