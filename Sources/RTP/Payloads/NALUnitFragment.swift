internal import Octets

/// One RTP payload of an access unit: up to three bytes to put in front, then a range of the access unit.
///
/// - Spec: RFC 6184 §5.6 (single NAL unit packet), §5.8 (FU-A); RFC 7798 §4.4.1 (single NAL unit packet), §4.4.3
///   (fragmentation unit).
public struct NALUnitFragment: Sendable {
  /// The payload's header and the fragment's: as many as ``prefixByteCount`` says.
  public var prefix: (UInt8, UInt8, UInt8)
  /// 0 for a whole NAL unit; for a part of one 2 (H.264) or 3 (HEVC).
  public var prefixByteCount: Int
  /// Bytes of the access unit.
  public var range: Range<Int>
  /// Whether the packet's marker is to be set.
  public var isLastOfAccessUnit: Bool

  public init(prefix: (UInt8, UInt8, UInt8), prefixByteCount: Int, range: Range<Int>, isLastOfAccessUnit: Bool) {
    self.prefix = prefix
    self.prefixByteCount = prefixByteCount
    self.range = range
    self.isLastOfAccessUnit = isLastOfAccessUnit
  }

  /// Bytes of the whole payload.
  @inlinable
  public var payloadByteCount: Int {
    self.prefixByteCount + self.range.count
  }

  /// Writes the payload. Traps if it does not fit, or if ``range`` does not lie within `accessUnit`.
  ///
  /// - Complexity: O(n) in the bytes written; does not allocate.
  public func write(from accessUnit: RawSpan, into datagram: inout MutableRawSpan, at offset: Int) {
    if self.prefixByteCount > 0 {
      datagram.storeBigEndian(self.prefix.0, at: offset)
      datagram.storeBigEndian(self.prefix.1, at: offset + 1)
      if self.prefixByteCount == 3 { datagram.storeBigEndian(self.prefix.2, at: offset + 2) }
    }
    datagram.copy(accessUnit.extracting(self.range), at: offset + self.prefixByteCount)
  }
}
