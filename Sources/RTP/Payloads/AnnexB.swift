internal import Octets

/// Finds NAL units in a byte stream.
///
/// - Spec: ITU-T H.264 Annex B.
enum AnnexB {
  /// Where the first start code (00 00 01) at or after `offset` begins; `byteCount` if there is none.
  ///
  /// - Complexity: O(n), eight bytes at a time where no byte is zero; does not allocate.
  static func startCode(in stream: RawSpan, from offset: Int) -> Int {
    let end = stream.byteCount
    var index = offset
    while index + 3 <= end {
      if index + 8 <= end {
        let word: UInt64 = stream.bigEndian(at: index)
        // No byte of the word is zero, so no start code begins in it.
        if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 == 0 {
          index += 8
          continue
        }
      }
      let third: UInt8 = stream.bigEndian(at: index + 2)
      if third > 1 {
        index += 3
      } else if third == 1, stream.bigEndian(at: index, as: UInt16.self) == 0 {
        return index
      } else {
        index += 1
      }
    }
    return end
  }

  /// The NAL unit after the start code at `startCode`, without the zero bytes that may trail it.
  ///
  /// - Returns: its bytes, and where the next start code begins.
  static func unit(in stream: RawSpan, startCode: Int) -> (bytes: Range<Int>, next: Int) {
    let start = startCode + 3
    let next = Self.startCode(in: stream, from: start)
    var end = next
    while end > start, stream.bigEndian(at: end - 1, as: UInt8.self) == 0 { end -= 1 }
    return (start..<end, next)
  }
}
