public import MediaUnits
internal import Octets

/// Divides one access unit, of H.264 or HEVC, into RTP payloads.
///
/// A NAL unit that fits goes whole; another goes in the fewest parts that suffice, all of the same size but for the
/// last. Delimiters, filler and end marks are left out. Call ``next(in:)`` with the same access unit until it
/// returns `nil`; nothing is copied.
///
/// - Spec: RFC 6184 §6.3 (non-interleaved mode), §5.6, §5.8; RFC 7798 §4.4.1, §4.4.3, without decoding order numbers
///   (sprop-max-don-diff is 0); Protocol/media.md §5.
public struct NALUnitPacketizer: Sendable {
  private let format: NALUnitFormat
  private let maximumPayloadByteCount: Int
  /// What remains of the NAL unit being sent.
  private var unit: Range<Int>
  /// The NAL unit after it; empty if there is none.
  private var following: Range<Int> = 0..<0
  /// Where the search for NAL units goes on.
  private var searchFrom: Int
  /// The header of the NAL unit being sent in parts; its second byte only where the codec has one.
  private var header: (UInt8, UInt8) = (0, 0)
  /// Bytes of each part but the last; 0 while no NAL unit is being sent in parts.
  private var partByteCount = 0

  /// - Parameters:
  ///   - accessUnit: an Annex B byte stream, with start codes of three or four bytes.
  ///   - codec: what the access unit is made of.
  ///   - maximumPayloadByteCount: at least 3; 4 for HEVC.
  public init(accessUnit: RawSpan, codec: VideoCodec, maximumPayloadByteCount: Int) {
    self.format = NALUnitFormat(codec: codec)
    precondition(
      maximumPayloadByteCount > self.format.fragmentPrefixByteCount,
      "a fragment needs room for its headers and a byte"
    )
    self.maximumPayloadByteCount = maximumPayloadByteCount
    self.unit = 0..<0
    self.searchFrom = AnnexB.startCode(in: accessUnit, from: 0)
    self.unit = self.nextUnit(in: accessUnit)
    self.following = self.nextUnit(in: accessUnit)
  }

  /// The number of payloads that an access unit will be divided into; 0 if it holds nothing to send.
  ///
  /// - Complexity: O(n) in the bytes of `accessUnit`; does not allocate.
  public static func packetCount(accessUnit: RawSpan, codec: VideoCodec, maximumPayloadByteCount: Int) -> Int {
    var packetizer = NALUnitPacketizer(
      accessUnit: accessUnit,
      codec: codec,
      maximumPayloadByteCount: maximumPayloadByteCount
    )
    var count = 0
    while !packetizer.unit.isEmpty {
      count += packetizer.partCount
      packetizer.advance(in: accessUnit)
    }
    return count
  }

  /// The next payload, or `nil` once there are no more.
  ///
  /// - Parameter accessUnit: the same that the packetizer was made with.
  /// - Complexity: O(n) in the bytes of one NAL unit; does not allocate.
  public mutating func next(in accessUnit: RawSpan) -> NALUnitFragment? {
    guard !self.unit.isEmpty else { return nil }
    if self.partByteCount > 0 { return self.nextPart(in: accessUnit, isFirst: false) }
    guard self.unit.count > self.maximumPayloadByteCount else {
      let fragment = NALUnitFragment(
        prefix: (0, 0, 0),
        prefixByteCount: 0,
        range: self.unit,
        isLastOfAccessUnit: self.following.isEmpty
      )
      self.advance(in: accessUnit)
      return fragment
    }
    let parts = self.partCount
    let start = self.unit.lowerBound
    // Longer than any payload may be, so that there is a second byte; of H.264 it is not looked at.
    self.header = (accessUnit.bigEndian(at: start), accessUnit.bigEndian(at: start + 1))
    self.unit = start + self.format.headerByteCount..<self.unit.upperBound
    self.partByteCount = (self.unit.count + parts - 1) / parts
    return self.nextPart(in: accessUnit, isFirst: true)
  }

  /// Payloads that the NAL unit about to be sent takes.
  private var partCount: Int {
    guard self.unit.count > self.maximumPayloadByteCount else { return 1 }
    let capacity = self.maximumPayloadByteCount - self.format.fragmentPrefixByteCount
    return (self.unit.count - self.format.headerByteCount + capacity - 1) / capacity
  }

  private mutating func nextPart(in accessUnit: RawSpan, isFirst: Bool) -> NALUnitFragment {
    let part = self.unit.prefix(self.partByteCount)
    let isLast = part.upperBound == self.unit.upperBound
    let fragmentHeader = self.format.type(of: self.header.0) | (isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0)
    let first = self.format.firstByte(self.header.0, type: self.format.fragment)
    let hasSecond = self.format.headerByteCount == 2
    let fragment = NALUnitFragment(
      prefix: hasSecond ? (first, self.header.1, fragmentHeader) : (first, fragmentHeader, 0),
      prefixByteCount: self.format.fragmentPrefixByteCount,
      range: part,
      isLastOfAccessUnit: isLast && self.following.isEmpty
    )
    if isLast {
      self.partByteCount = 0
      self.advance(in: accessUnit)
    } else {
      self.unit = part.upperBound..<self.unit.upperBound
    }
    return fragment
  }

  private mutating func advance(in accessUnit: RawSpan) {
    self.unit = self.following
    self.following = self.unit.isEmpty ? self.unit : self.nextUnit(in: accessUnit)
  }

  /// The next NAL unit worth sending; empty if there is none.
  private mutating func nextUnit(in accessUnit: RawSpan) -> Range<Int> {
    while self.searchFrom < accessUnit.byteCount {
      let (bytes, next) = AnnexB.unit(in: accessUnit, startCode: self.searchFrom)
      self.searchFrom = next
      guard bytes.count >= self.format.headerByteCount else { continue }
      let header: UInt8 = accessUnit.bigEndian(at: bytes.lowerBound)
      if self.format.isSent(self.format.type(of: header)) { return bytes }
    }
    return 0..<0
  }
}
