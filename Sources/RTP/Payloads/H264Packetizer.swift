internal import Octets

/// Divides one H.264 access unit into RTP payloads.
///
/// A NAL unit that fits goes whole; another goes in the fewest parts that suffice, all of the same size but for the
/// last. Delimiters, filler and end marks are left out. Call ``next(in:)`` with the same access unit until it
/// returns `nil`; nothing is copied.
///
/// - Spec: RFC 6184 §6.3 (non-interleaved mode), §5.6, §5.8; Protocol/media.md §5.
public struct H264Packetizer: Sendable {
  private let maximumPayloadByteCount: Int
  /// What remains of the NAL unit being sent.
  private var unit: Range<Int>
  /// The NAL unit after it; empty if there is none.
  private var following: Range<Int> = 0..<0
  /// Where the search for NAL units goes on.
  private var searchFrom: Int
  /// The first byte of the NAL unit being sent in parts.
  private var header: UInt8 = 0
  /// Bytes of each part but the last; 0 while no NAL unit is being sent in parts.
  private var partByteCount = 0

  /// - Parameters:
  ///   - accessUnit: an Annex B byte stream, with start codes of three or four bytes.
  ///   - maximumPayloadByteCount: at least 3.
  public init(accessUnit: RawSpan, maximumPayloadByteCount: Int) {
    precondition(maximumPayloadByteCount >= 3, "a fragment needs room for its two headers and a byte")
    self.maximumPayloadByteCount = maximumPayloadByteCount
    self.unit = 0..<0
    self.searchFrom = AnnexB.startCode(in: accessUnit, from: 0)
    self.unit = self.nextUnit(in: accessUnit)
    self.following = self.nextUnit(in: accessUnit)
  }

  /// The number of payloads that an access unit will be divided into; 0 if it holds nothing to send.
  ///
  /// - Complexity: O(n) in the bytes of `accessUnit`; does not allocate.
  public static func packetCount(accessUnit: RawSpan, maximumPayloadByteCount: Int) -> Int {
    var packetizer = H264Packetizer(accessUnit: accessUnit, maximumPayloadByteCount: maximumPayloadByteCount)
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
  public mutating func next(in accessUnit: RawSpan) -> H264Fragment? {
    guard !self.unit.isEmpty else { return nil }
    if self.partByteCount == 0 {
      guard self.unit.count > self.maximumPayloadByteCount else {
        let fragment = H264Fragment(
          prefix: (0, 0),
          prefixByteCount: 0,
          range: self.unit,
          isLastOfAccessUnit: self.following.isEmpty
        )
        self.advance(in: accessUnit)
        return fragment
      }
      let parts = self.partCount
      self.header = accessUnit.bigEndian(at: self.unit.lowerBound)
      self.unit = self.unit.lowerBound + 1..<self.unit.upperBound
      self.partByteCount = (self.unit.count + parts - 1) / parts
      return self.nextPart(in: accessUnit, isFirst: true)
    }
    return self.nextPart(in: accessUnit, isFirst: false)
  }

  /// Payloads that the NAL unit about to be sent takes.
  private var partCount: Int {
    guard self.unit.count > self.maximumPayloadByteCount else { return 1 }
    let capacity = self.maximumPayloadByteCount - 2
    return (self.unit.count - 1 + capacity - 1) / capacity
  }

  private mutating func nextPart(in accessUnit: RawSpan, isFirst: Bool) -> H264Fragment {
    let part = self.unit.prefix(self.partByteCount)
    let isLast = part.upperBound == self.unit.upperBound
    let type = self.header & H264NALUnitType.mask
    let fragment = H264Fragment(
      prefix: (
        self.header & ~H264NALUnitType.mask | H264NALUnitType.fragmentA,
        type | (isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0)
      ),
      prefixByteCount: 2,
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
      guard !bytes.isEmpty else { continue }
      let header: UInt8 = accessUnit.bigEndian(at: bytes.lowerBound)
      if H264NALUnitType.isSent(header & H264NALUnitType.mask) { return bytes }
    }
    return 0..<0
  }
}
