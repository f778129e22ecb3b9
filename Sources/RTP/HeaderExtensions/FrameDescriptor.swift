internal import Octets

/// Which part of which video frame a packet carries. Every video packet has one.
///
/// - Spec: Protocol/media.md §4.2.
public struct FrameDescriptor: Hashable, Sendable {
  /// Counts frames; wraps.
  public var frameIndex: UInt16
  /// Which packet of the frame this is; less than ``packetCount``.
  public var packetIndex: UInt16
  /// Packets in the frame, 1 ... 32767.
  public var packetCount: UInt16
  /// Whether decoding can start with this frame.
  public var isKeyframe: Bool

  /// Bytes of the element's data.
  public static let byteCount = 6
  /// The most packets that a frame may have.
  public static let maximumPacketCount = 32_767

  /// - Parameters:
  ///   - packetIndex: less than `packetCount`.
  ///   - packetCount: 1 ... 32767.
  public init(frameIndex: UInt16, packetIndex: UInt16, packetCount: UInt16, isKeyframe: Bool) {
    precondition(packetCount <= Self.maximumPacketCount, "a frame has at most 32767 packets")
    precondition(packetIndex < packetCount, "a packet's index is less than its frame's packet count")
    self.frameIndex = frameIndex
    self.packetIndex = packetIndex
    self.packetCount = packetCount
    self.isKeyframe = isKeyframe
  }

  /// Finds the element in a packet.
  ///
  /// - Parameter extensions: ``RTPHeader/extensions`` of the same datagram.
  /// - Returns: `nil` if the element is absent, of the wrong size, or contradicts itself.
  /// - Complexity: O(n) in the bytes of `extensions`; does not allocate.
  public init?(parsing datagram: RawSpan, extensions: Range<Int>) {
    guard let data = HeaderExtension.frameDescriptor.data(in: datagram, extensions: extensions),
      data.count == Self.byteCount
    else { return nil }
    let packetIndex: UInt16 = datagram.bigEndian(at: data.lowerBound + 2)
    let last: UInt16 = datagram.bigEndian(at: data.lowerBound + 4)
    guard packetIndex < last & 0x7FFF else { return nil }
    self.init(
      frameIndex: datagram.bigEndian(at: data.lowerBound),
      packetIndex: packetIndex,
      packetCount: last & 0x7FFF,
      isKeyframe: last & 0x8000 != 0
    )
  }

  func serialize(into datagram: inout MutableRawSpan, at offset: Int) {
    datagram.storeBigEndian(HeaderExtension.frameDescriptor.head(dataByteCount: Self.byteCount), at: offset)
    datagram.storeBigEndian(self.frameIndex, at: offset + 1)
    datagram.storeBigEndian(self.packetIndex, at: offset + 3)
    datagram.storeBigEndian(self.packetCount | (self.isKeyframe ? 0x8000 : 0), at: offset + 5)
  }
}
