import Octets
import Testing

@Suite("Octets")
struct OctetsTests {
  @Test("big-endian integers are written and read at any offset")
  func bigEndian() {
    var bytes = [UInt8](repeating: 0, count: 16)
    var span = bytes.mutableSpan
    var mutable = span.mutableBytes
    mutable.storeBigEndian(0x0123_4567_89AB_CDEF as UInt64, at: 1)
    mutable.storeBigEndian(-2 as Int16, at: 9)
    mutable.storeBigEndian(0xA5 as UInt8, at: 11)
    #expect(bytes == [0, 1, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xFF, 0xFE, 0xA5, 0, 0, 0, 0])
    let wide = bytes.span.bytes.bigEndian(at: 1, as: UInt64.self)
    let narrow = bytes.span.bytes.bigEndian(at: 9, as: Int16.self)
    #expect(wide == 0x0123_4567_89AB_CDEF && narrow == -2)
  }

  @Test("big-endian integers and spans are appended")
  func append() {
    var bytes: [UInt8] = [9]
    bytes.appendBigEndian(0x0123_4567 as UInt32)
    bytes.appendBigEndian(-2 as Int16)
    bytes.appendBigEndian(7 as UInt8)
    #expect(bytes == [9, 1, 0x23, 0x45, 0x67, 0xFF, 0xFE, 7])
    let copy = bytes
    bytes.append(contentsOf: copy.span.bytes.extracting(1..<3))
    bytes.append(contentsOf: copy.span.bytes.extracting(3..<3))
    #expect(bytes == copy + [1, 0x23])
  }

  @Test("spans are copied")
  func copy() {
    var bytes = [UInt8](repeating: 0, count: 4)
    let source: [UInt8] = [1, 2]
    var span = bytes.mutableSpan
    var mutable = span.mutableBytes
    mutable.copy(source.span.bytes, at: 2)
    mutable.copy(source.span.bytes.extracting(0..<0), at: 4)
    #expect(bytes == [0, 0, 1, 2])
  }
}
