internal import Octets

/// The header extension elements of the session profile, by their one-byte-header identifiers.
///
/// - Spec: Protocol/media.md §4, RFC 8285 §4.2.
enum HeaderExtension: UInt8 {
  case absoluteCaptureTime = 1
  case frameDescriptor = 2
  case frameTimes = 3
  case skippedPictures = 4

  /// Where the data of this element lies within `datagram`; `nil` if it is absent or cut off.
  ///
  /// - Parameter extensions: ``RTPHeader/extensions`` of the same datagram.
  /// - Complexity: O(n) in the bytes of `extensions`; does not allocate.
  func data(in datagram: RawSpan, extensions: Range<Int>) -> Range<Int>? {
    var offset = extensions.lowerBound
    while offset < extensions.upperBound {
      let head: UInt8 = datagram.bigEndian(at: offset)
      offset += 1
      if head == 0 { continue }
      let identifier = head >> 4
      // Identifier 15, and 0 with a length, end the elements (RFC 8285 §4.2).
      if identifier == 15 || identifier == 0 { return nil }
      let data = offset..<offset + Int(head & 0x0F) + 1
      guard data.upperBound <= extensions.upperBound else { return nil }
      if identifier == self.rawValue { return data }
      offset = data.upperBound
    }
    return nil
  }

  /// The byte in front of an element's data.
  func head(dataByteCount: Int) -> UInt8 {
    self.rawValue << 4 | UInt8(dataByteCount - 1)
  }
}
