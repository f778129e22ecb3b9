import Foundation
import MediaUnits
import Testing

@testable import Presentation

@Suite("Terminal graphics")
struct TerminalGraphicsTests {
  @Test("half blocks put two pixels in a cell and set each colour once")
  func halfBlocks() {
    let picture = TestPicture(width: 2, height: 2) { x, y in y == 0 ? 0xFF0000 : 0x0000FF }
    var renderer = HalfBlockRenderer()
    var bytes: [UInt8] = []
    renderer.render(picture.view, row: 3, column: 4, into: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "\u{1B}[4;5H\u{1B}[38;2;255;0;0m\u{1B}[48;2;0;0;255m▀▀"
    )
  }

  @Test("half blocks send only what changed by more than the tolerance")
  func halfBlockDifferences() {
    let picture = TestPicture(width: 40, height: 20) { x, y in UInt32(x * 4 + y) }
    var renderer = HalfBlockRenderer()
    var bytes: [UInt8] = []
    renderer.render(picture.view, row: 0, column: 0, into: &bytes)
    bytes.removeAll()
    picture.fill { x, y in UInt32(x * 4 + y) + UInt32(HalfBlockRenderer.tolerance) }
    renderer.render(picture.view, row: 0, column: 0, into: &bytes)
    #expect(bytes.isEmpty)
    picture.fill { x, y in UInt32(x * 4 + y) + (x == 7 && y == 9 ? 0x00FF00 : 0) }
    renderer.render(picture.view, row: 0, column: 0, into: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "\u{1B}[5;8H\u{1B}[38;2;0;0;36m\u{1B}[48;2;0;255;37m▀"
    )
    bytes.removeAll()
    renderer.invalidate()
    renderer.render(picture.view, row: 0, column: 0, into: &bytes)
    #expect(bytes.count > 40 * 10 * 3)
  }

  @Test("kitty pictures are base64 RGB in chunks, the last of which says so")
  func kitty() throws {
    let picture = TestPicture(width: 50, height: 41) { x, y in UInt32(x) << 16 | UInt32(y) << 8 | 7 }
    var bytes: [UInt8] = []
    KittyGraphicsEncoder.append(picture.view, imageID: 2, columns: 30, rows: 10, into: &bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    let chunks = text.components(separatedBy: "\u{1B}\\").dropLast()
    #expect(chunks.count == 3)
    #expect(chunks[0].hasPrefix("\u{1B}_Ga=T,f=24,t=d,q=2,C=1,p=1,s=50,v=41,c=30,r=10,i=2,m=1;"))
    #expect(chunks[1].hasPrefix("\u{1B}_Gq=2,m=1;"))
    #expect(chunks[2].hasPrefix("\u{1B}_Gq=2,m=0;"))
    let payloads = chunks.map { String($0[$0.index(after: $0.firstIndex(of: ";")!)...]) }
    #expect(payloads.allSatisfy { $0.utf8.count <= KittyGraphicsEncoder.chunkLength })
    let pixels = try #require(Data(base64Encoded: payloads.joined()))
    #expect(pixels.count == 50 * 41 * 3)
    #expect(Array(pixels[(3 * (50 * 40 + 49))...]) == [49, 40, 7])
  }

  /// A sixel decoder in miniature: colour number by pixel.
  private static func decode(sixel text: String, width: Int, height: Int) -> [[Int]] {
    var picture = [[Int]](repeating: [Int](repeating: -1, count: width), count: height)
    var x = 0
    var band = 0
    var color = 0
    var characters = Array(text.utf8)[...]
    func number() -> Int {
      var value = 0
      while let digit = characters.first, (48...57).contains(digit) {
        value = value * 10 + Int(digit - 48)
        characters.removeFirst()
      }
      return value
    }
    while let byte = characters.popFirst() {
      var count = 1
      var data = byte
      switch byte {
      case UInt8(ascii: "#"):
        color = number()
        while characters.first == UInt8(ascii: ";") {
          characters.removeFirst()
          _ = number()
        }
        continue
      case UInt8(ascii: "$"): x = 0
      case UInt8(ascii: "-"): (x, band) = (0, band + 1)
      case UInt8(ascii: "!"):
        count = number()
        data = characters.removeFirst()
        fallthrough
      default:
        for _ in 0..<count {
          for bit in 0..<6 where (data - 63) >> UInt8(bit) & 1 == 1 { picture[band * 6 + bit][x] = color }
          x += 1
        }
      }
    }
    return picture
  }

  @Test("sixels decode to the pixels that went in, where the palette has their colours")
  func sixel() throws {
    let picture = TestPicture(width: 20, height: 15) { x, y in
      x < 10 ? 0xFF0000 : y < 8 ? 0x00FF33 : 0x000000
    }
    var encoder = SixelEncoder()
    for _ in 0..<2 {  // twice, since the encoder reuses its memory
      var bytes: [UInt8] = []
      encoder.append(picture.view, into: &bytes)
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.hasPrefix("\u{1B}P0;1;0q\"1;1;20;15#0;2;0;0;0#1;2;0;0;20"))
      #expect(text.hasSuffix("\u{1B}\\"))
      let body = String(text.dropLast(2).drop { $0 != "#" })
      let decoded = Self.decode(sixel: body, width: 20, height: 15)
      for y in 0..<15 {
        for x in 0..<20 {
          let expected = x < 10 ? 180 : y < 8 ? 31 : 0
          #expect(decoded[y][x] == expected, "at \(x), \(y)")
        }
      }
    }
  }

  @Test("a frame keeps its shape and fits the terminal")
  func layout() {
    let source = PictureSize(width: 1280, height: 720)
    let layout = TerminalPresenter.Layout(columns: 160, rows: 50, pixelWidth: 1600, pixelHeight: 1000)
    let blocks = TerminalPresenter.pictureSize(for: source, layout: layout, graphics: .halfBlocks)
    #expect(blocks == PictureSize(width: 160, height: 90))
    let kitty = TerminalPresenter.pictureSize(for: source, layout: layout, graphics: .kitty)
    #expect(kitty == PictureSize(width: 640, height: 360))
    let tiny = TerminalPresenter.Layout(columns: 1, rows: 1, pixelWidth: 0, pixelHeight: 0)
    #expect(
      TerminalPresenter.pictureSize(for: source, layout: tiny, graphics: .sixel) == PictureSize(width: 1, height: 1)
    )
  }
}
