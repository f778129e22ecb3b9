import ErasureCoding
import Foundation
import MediaUnits
import Testing
import Transport

@Suite("Reed–Solomon through ISA-L")
struct ReedSolomonTests {
  struct Block: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var sources: [String]
    var parity: [String]
    var testDescription: String { self.name }
  }

  private static let blocks: [Block] = {
    let package = URL(filePath: #filePath).appending(path: "../../..").standardized
    do {
      let contents = try Data(contentsOf: package.appending(path: "Protocol/vectors/parity-blocks.json"))
      return try JSONDecoder().decode([Block].self, from: contents)
    } catch {
      fatalError("parity-blocks.json: \(error)")
    }
  }()

  @Test("makes the parity of the vectors", arguments: ReedSolomonTests.blocks)
  func vectors(block: Block) {
    let sources = block.sources.map(Self.bytes)
    let layout = ErasureLayout(
      sourceCount: sources.count,
      parityCount: block.parity.count,
      symbolByteCount: sources[0].count
    )
    let rows = Self.encoded(sources, layout)
    for (index, parity) in block.parity.enumerated() {
      let start = layout.start(ofRow: sources.count + index)
      #expect(Array(rows[start..<start + layout.symbolByteCount]) == Self.bytes(parity))
    }
  }

  @Test(
    "makes any symbols that are missing anew from as many of parity",
    arguments: [(1, 1), (2, 5), (15, 5), (28, 10), (160, 56), (127, 128), (254, 1)],
    [1, 2] as [UInt64]
  )
  func rebuilds(shape: (sources: Int, parity: Int), seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let layout = ErasureLayout(sourceCount: shape.sources, parityCount: shape.parity, symbolByteCount: 1161)
    let sources = (0..<shape.sources).map { _ in
      (0..<layout.symbolByteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
    let whole = Self.encoded(sources, layout)
    let code = ReedSolomon()
    for _ in 0..<5 {
      let count = Int.random(in: 1...min(shape.sources, shape.parity), using: &random)
      let missing = (0..<shape.sources).shuffled(using: &random).prefix(count).sorted()
      let parity = (0..<shape.parity).shuffled(using: &random).prefix(count)
      var rows = whole
      for row in missing {
        for index in 0..<layout.symbolByteCount { rows[layout.start(ofRow: row) + index] = 0xEE }
      }
      var span = rows.mutableSpan
      var bytes = span.mutableBytes
      code.rebuild(&bytes, layout: layout, missing: missing, parity: Array(parity))
      for row in 0..<shape.sources {
        let start = layout.start(ofRow: row)
        guard rows[start..<start + layout.symbolByteCount] == sources[row][...] else {
          Issue.record("source \(row) of \(shape), \(missing) from \(parity)")
          return
        }
      }
    }
  }

  private static func encoded(_ sources: [[UInt8]], _ layout: ErasureLayout) -> [UInt8] {
    var rows = [UInt8](repeating: 0, count: layout.start(ofRow: layout.sourceCount + layout.parityCount))
    for (row, source) in sources.enumerated() {
      rows.replaceSubrange(layout.start(ofRow: row)..<layout.start(ofRow: row) + source.count, with: source)
    }
    var span = rows.mutableSpan
    var bytes = span.mutableBytes
    ReedSolomon().encode(&bytes, layout: layout)
    return rows
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
