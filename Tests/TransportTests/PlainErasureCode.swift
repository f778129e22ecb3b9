import Octets
import Transport

/// Reed–Solomon as the protocol has it, written for reading: table by table, coefficient by coefficient.
final class PlainErasureCode: ErasureCode {
  /// Powers of 2 in GF(2⁸), twice over, and their logarithms.
  private static let tables: (powers: [UInt8], logarithms: [Int]) = {
    var powers = [UInt8](repeating: 0, count: 510)
    var logarithms = [Int](repeating: 0, count: 256)
    var value = 1
    for exponent in 0..<255 {
      powers[exponent] = UInt8(value)
      powers[exponent + 255] = UInt8(value)
      logarithms[value] = exponent
      value <<= 1
      if value > 255 { value ^= 0x11D }
    }
    return (powers, logarithms)
  }()

  private(set) var encodedBlockCount = 0
  private(set) var rebuiltBlockCount = 0

  static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
    a == 0 || b == 0 ? 0 : Self.tables.powers[Self.tables.logarithms[Int(a)] + Self.tables.logarithms[Int(b)]]
  }

  static func inverse(_ a: UInt8) -> UInt8 {
    precondition(a != 0, "zero has no inverse")
    return Self.tables.powers[255 - Self.tables.logarithms[Int(a)]]
  }

  static func coefficient(parity: Int, source: Int, sourceCount: Int) -> UInt8 {
    Self.inverse(UInt8((sourceCount + parity) ^ source))
  }

  func encode(_ rows: inout MutableRawSpan, layout: ErasureLayout) {
    self.encodedBlockCount += 1
    for parity in 0..<layout.parityCount {
      let sum = Self.combination(parity, rows.bytes, layout)
      Self.store(sum, row: layout.sourceCount + parity, of: &rows, layout)
    }
  }

  func rebuild(_ rows: inout MutableRawSpan, layout: ErasureLayout, missing: [Int], parity: [Int]) {
    self.rebuiltBlockCount += 1
    // One equation for each parity symbol, whose right side is what the present sources leave of it.
    let zero = [UInt8](repeating: 0, count: layout.symbolByteCount)
    for row in missing { Self.store(zero, row: row, of: &rows, layout) }
    var sides = parity.map { parity in
      let known = Self.combination(parity, rows.bytes, layout)
      let start = layout.start(ofRow: layout.sourceCount + parity)
      return Self.sum(known, rows.bytes, start)
    }
    var matrix = parity.map { parity in
      missing.map { Self.coefficient(parity: parity, source: $0, sourceCount: layout.sourceCount) }
    }
    for column in missing.indices {
      guard let pivot = matrix.indices[column...].first(where: { matrix[$0][column] != 0 }) else {
        preconditionFailure("every square part of a Cauchy matrix can be inverted")
      }
      matrix.swapAt(column, pivot)
      sides.swapAt(column, pivot)
      let scale = Self.inverse(matrix[column][column])
      matrix[column] = matrix[column].map { Self.product($0, scale) }
      sides[column] = Self.scaled(sides[column], by: scale)
      for row in matrix.indices where row != column && matrix[row][column] != 0 {
        let factor = matrix[row][column]
        for index in missing.indices { matrix[row][index] ^= Self.product(factor, matrix[column][index]) }
        let side = sides[column]
        Self.add(side.octets, from: 0, through: Self.products(with: factor), to: &sides[row])
      }
    }
    for (side, row) in zip(sides, missing) { Self.store(side, row: row, of: &rows, layout) }
  }

  private static func sum(_ bytes: [UInt8], _ rows: RawSpan, _ start: Int) -> [UInt8] {
    var sum = bytes
    Self.add(rows, from: start, through: Self.products(with: 1), to: &sum)
    return sum
  }

  private static func scaled(_ bytes: [UInt8], by factor: UInt8) -> [UInt8] {
    var scaled = [UInt8](repeating: 0, count: bytes.count)
    Self.add(bytes.octets, from: 0, through: Self.products(with: factor), to: &scaled)
    return scaled
  }

  /// The product of every byte with each coefficient.
  private static let productTable = (0...255 as ClosedRange<UInt8>).map { coefficient in
    (0...255 as ClosedRange<UInt8>).map { PlainErasureCode.product(coefficient, $0) }
  }

  private static func products(with coefficient: UInt8) -> [UInt8] { Self.productTable[Int(coefficient)] }

  private static func combination(_ parity: Int, _ rows: RawSpan, _ layout: ErasureLayout) -> [UInt8] {
    var sum = [UInt8](repeating: 0, count: layout.symbolByteCount)
    for source in 0..<layout.sourceCount {
      let products = Self.products(
        with: Self.coefficient(parity: parity, source: source, sourceCount: layout.sourceCount)
      )
      Self.add(rows, from: layout.start(ofRow: source), through: products, to: &sum)
    }
    return sum
  }

  /// Bare pointers, since without optimization everything else takes ten times as long.
  private static func add(_ rows: RawSpan, from start: Int, through products: [UInt8], to sum: inout [UInt8]) {
    rows.withUnsafeBytes { rows in
      products.withUnsafeBufferPointer { products in
        sum.withUnsafeMutableBufferPointer { sum in
          guard let sources = rows.baseAddress?.advanced(by: start).assumingMemoryBound(to: UInt8.self),
            let products = products.baseAddress, let sums = sum.baseAddress
          else { return }
          var index = 0
          while index < sum.count {
            sums[index] ^= products[Int(sources[index])]
            index &+= 1
          }
        }
      }
    }
  }

  private static func store(_ bytes: [UInt8], row: Int, of rows: inout MutableRawSpan, _ layout: ErasureLayout) {
    rows.copy(bytes.octets, at: layout.start(ofRow: row))
  }
}
