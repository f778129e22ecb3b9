internal import Octets

/// Writes the extension block of an RTP packet.
///
/// - Spec: RFC 8285 §4.2, Protocol/media.md §4.
public enum HeaderExtensionWriter {
  /// Bytes of a block that holds every element.
  public static let maximumByteCount = 36
  /// Bytes of a block that holds only a ``FrameDescriptor``.
  public static let descriptorByteCount = 12

  /// Bytes that ``write(into:at:descriptor:times:captureTime:skipped:)`` takes for these elements; a multiple of 4.
  public static func byteCount(
    hasDescriptor: Bool,
    hasTimes: Bool,
    hasCaptureTime: Bool,
    hasSkipped: Bool = false
  ) -> Int {
    var elements = 0
    if hasDescriptor { elements += 1 + FrameDescriptor.byteCount }
    if hasTimes { elements += 1 + FrameTimes.byteCount }
    if hasCaptureTime { elements += 1 + AbsoluteCaptureTime.byteCount }
    if hasSkipped { elements += 1 + SkippedPictures.byteCount }
    return elements == 0 ? 0 : 4 + (elements + 3) / 4 * 4
  }

  /// Writes a block of one-byte-header elements, padded to a whole number of words.
  ///
  /// Traps if the block does not fit.
  ///
  /// - Parameters:
  ///   - offset: where the block starts, which is directly after the fixed header.
  /// - Returns: bytes written; 0 if there are no elements, and then the header must have no extension.
  /// - Complexity: O(1); does not allocate.
  public static func write(
    into datagram: inout MutableRawSpan,
    at offset: Int,
    descriptor: FrameDescriptor?,
    times: FrameTimes? = nil,
    captureTime: AbsoluteCaptureTime? = nil,
    skipped: SkippedPictures? = nil
  ) -> Int {
    let byteCount = Self.byteCount(
      hasDescriptor: descriptor != nil,
      hasTimes: times != nil,
      hasCaptureTime: captureTime != nil,
      hasSkipped: skipped != nil
    )
    guard byteCount > 0 else { return 0 }
    datagram.storeBigEndian(RTPHeader.oneByteProfile, at: offset)
    datagram.storeBigEndian(UInt16(byteCount / 4 - 1), at: offset + 2)

    var next = offset + 4
    if let descriptor {
      descriptor.serialize(into: &datagram, at: next)
      next += 1 + FrameDescriptor.byteCount
    }
    if let times {
      times.serialize(into: &datagram, at: next)
      next += 1 + FrameTimes.byteCount
    }
    if let captureTime {
      captureTime.serialize(into: &datagram, at: next)
      next += 1 + AbsoluteCaptureTime.byteCount
    }
    if let skipped {
      skipped.serialize(into: &datagram, at: next)
      next += 1 + SkippedPictures.byteCount
    }
    while next < offset + byteCount {
      datagram.storeBigEndian(0 as UInt8, at: next)
      next += 1
    }
    return byteCount
  }
}
