internal import CISAL
public import Transport

/// Reed–Solomon through Intel's ISA-L, which multiplies with the processor's vector instructions.
///
/// All memory is taken when it is made. Used by one thread at a time; one suffices for any number of sessions of that
/// thread.
///
/// - Spec: Protocol/media.md §8.
/// - Source: isa-l/erasure_code.h.
public final class ReedSolomon: ErasureCode {
  /// Bytes of tables that a coefficient needs.
  private static let tableByteCount = 32
  private static let rowCount = ErasureLayout.maximumRowCount

  private var coefficients = [UInt8](repeating: 0, count: ReedSolomon.rowCount * ReedSolomon.rowCount)
  private var inverted = [UInt8](repeating: 0, count: ReedSolomon.rowCount * ReedSolomon.rowCount)
  /// For as many coefficients as a block can have: 127 sources with 128 parity symbols have most.
  private var tables = [UInt8](repeating: 0, count: 127 * 128 * ReedSolomon.tableByteCount)
  private var differences: [UInt8]
  private var sources = [UnsafeMutablePointer<UInt8>?](repeating: nil, count: ReedSolomon.rowCount)
  private var targets = [UnsafeMutablePointer<UInt8>?](repeating: nil, count: ReedSolomon.rowCount)

  public init() {
    self.differences = [UInt8](repeating: 0, count: Self.rowCount / 2 * ErasureLayout.rowByteCount)
  }

  /// - Complexity: sources × parity × symbol; 15 sources and 5 parity symbols take some 5 µs. Does not allocate.
  public func encode(_ rows: inout MutableRawSpan, layout: ErasureLayout) {
    for parity in 0..<layout.parityCount { self.setCoefficients(ofParity: parity, at: parity, layout) }
    rows.withUnsafeMutableBytes { rows in
      guard let base = Self.base(of: rows, layout) else { return }
      for parity in 0..<layout.parityCount {
        self.targets[parity] = base + layout.start(ofRow: layout.sourceCount + parity)
      }
      self.combine(base, layout, targetCount: layout.parityCount)
    }
  }

  /// - Complexity: as ``encode(_:layout:)``, and the cube of the missing symbols. Does not allocate.
  public func rebuild(_ rows: inout MutableRawSpan, layout: ErasureLayout, missing: [Int], parity: [Int]) {
    precondition(!missing.isEmpty && missing.count == parity.count, "each missing symbol takes one of parity")
    precondition(missing.count <= layout.parityCount, "a block has so many parity symbols at most")
    let count = missing.count
    for (index, parity) in parity.enumerated() { self.setCoefficients(ofParity: parity, at: index, layout) }
    rows.withUnsafeMutableBytes { rows in
      guard let base = Self.base(of: rows, layout) else { return }
      self.differences.withUnsafeMutableBufferPointer { differences in
        guard let difference = differences.baseAddress else { return }
        // What the present sources make of each parity symbol; the rest of it is what the missing ones do.
        for row in missing {
          (base + layout.start(ofRow: row)).update(repeating: 0, count: layout.symbolByteCount)
        }
        for index in 0..<count { self.targets[index] = difference + index * ErasureLayout.rowByteCount }
        self.combine(base, layout, targetCount: count)
        for (index, parity) in parity.enumerated() {
          let known = difference + index * ErasureLayout.rowByteCount
          let whole = base + layout.start(ofRow: layout.sourceCount + parity)
          for byte in 0..<layout.symbolByteCount { known[byte] ^= whole[byte] }
        }
        self.solve(base, layout, missing: missing, parity: parity, difference)
      }
    }
  }

  private func solve(
    _ base: UnsafeMutablePointer<UInt8>,
    _ layout: ErasureLayout,
    missing: [Int],
    parity: [Int],
    _ difference: UnsafeMutablePointer<UInt8>
  ) {
    let count = missing.count
    for (row, parity) in parity.enumerated() {
      for (column, source) in missing.enumerated() {
        self.coefficients[row * count + column] = Self.coefficient(parity: parity, source: source, layout)
      }
    }
    let result = self.coefficients.withUnsafeMutableBufferPointer { matrix in
      self.inverted.withUnsafeMutableBufferPointer { inverse in
        gf_invert_matrix(matrix.baseAddress, inverse.baseAddress, CInt(count))
      }
    }
    precondition(result == 0, "every square part of a Cauchy matrix can be inverted")
    for index in 0..<count {
      self.sources[index] = difference + index * ErasureLayout.rowByteCount
      self.targets[index] = base + layout.start(ofRow: missing[index])
    }
    self.multiply(self.inverted, sourceCount: count, targetCount: count, byteCount: layout.symbolByteCount)
  }

  private func setCoefficients(ofParity parity: Int, at row: Int, _ layout: ErasureLayout) {
    for source in 0..<layout.sourceCount {
      self.coefficients[row * layout.sourceCount + source] = Self.coefficient(parity: parity, source: source, layout)
    }
  }

  private static func coefficient(parity: Int, source: Int, _ layout: ErasureLayout) -> UInt8 {
    gf_inv(UInt8(truncatingIfNeeded: (layout.sourceCount + parity) ^ source))
  }

  private static func base(
    of rows: UnsafeMutableRawBufferPointer,
    _ layout: ErasureLayout
  ) -> UnsafeMutablePointer<UInt8>? {
    let rowCount = layout.sourceCount + layout.parityCount
    precondition(rows.count >= layout.start(ofRow: rowCount - 1) + layout.symbolByteCount, "the block lies in the rows")
    return rows.baseAddress?.assumingMemoryBound(to: UInt8.self)
  }

  private func combine(_ base: UnsafeMutablePointer<UInt8>, _ layout: ErasureLayout, targetCount: Int) {
    for source in 0..<layout.sourceCount { self.sources[source] = base + layout.start(ofRow: source) }
    self.multiply(
      self.coefficients,
      sourceCount: layout.sourceCount,
      targetCount: targetCount,
      byteCount: layout.symbolByteCount
    )
  }

  /// Fills ``targets`` with the matrix times ``sources``.
  private func multiply(_ matrix: [UInt8], sourceCount: Int, targetCount: Int, byteCount: Int) {
    matrix.withUnsafeBufferPointer { matrix in
      self.tables.withUnsafeMutableBufferPointer { tables in
        ec_init_tables(
          CInt(sourceCount),
          CInt(targetCount),
          UnsafeMutablePointer(mutating: matrix.baseAddress),
          tables.baseAddress
        )
        self.sources.withUnsafeMutableBufferPointer { sources in
          self.targets.withUnsafeMutableBufferPointer { targets in
            ec_encode_data(
              CInt(byteCount),
              CInt(sourceCount),
              CInt(targetCount),
              tables.baseAddress,
              sources.baseAddress,
              targets.baseAddress
            )
          }
        }
      }
    }
  }
}
