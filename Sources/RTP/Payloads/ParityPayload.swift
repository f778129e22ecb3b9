internal import Octets

/// The payload of a parity packet: which packets of which frame it protects, and one parity symbol.
///
/// - Spec: Protocol/media.md §8.
public struct ParityPayload: Hashable, Sendable {
  /// Bytes in front of the symbol.
  public static let headerByteCount = 10
  /// Bytes of a symbol that say how long the packet in it is.
  public static let lengthByteCount = 2
  /// Source and parity symbols of one block at most.
  public static let maximumSymbolCount = 255

  public var frameIndex: UInt16
  public var isKeyframe: Bool
  /// Packets of the frame, 1 ... ``FrameDescriptor/maximumPacketCount``.
  public var packetCount: UInt16
  /// Of the frame's first packet.
  public var firstSequenceNumber: SequenceNumber
  /// Blocks that the frame's packets are dealt to in turn; at least 1, and at most ``packetCount``.
  public var blockCount: UInt8
  /// Below ``blockCount``.
  public var block: UInt8
  /// Parity symbols that the block has, at least 1.
  public var parityCount: UInt8
  /// Which of them this is, from 0.
  public var parityIndex: UInt8
  /// Where the symbol lies within the datagram.
  public var symbol: Range<Int>

  public init(
    frameIndex: UInt16,
    isKeyframe: Bool,
    packetCount: UInt16,
    firstSequenceNumber: SequenceNumber,
    blockCount: UInt8,
    block: UInt8,
    parityCount: UInt8,
    parityIndex: UInt8,
    symbol: Range<Int> = 0..<0
  ) {
    self.frameIndex = frameIndex
    self.isKeyframe = isKeyframe
    self.packetCount = packetCount
    self.firstSequenceNumber = firstSequenceNumber
    self.blockCount = blockCount
    self.block = block
    self.parityCount = parityCount
    self.parityIndex = parityIndex
    self.symbol = symbol
  }

  /// Packets of the frame that the block has: every ``blockCount``th, from number ``block`` on.
  public var sourceCount: Int {
    (Int(self.packetCount) - Int(self.block) + Int(self.blockCount) - 1) / Int(self.blockCount)
  }

  /// - Parameter payload: ``RTPHeader/payload`` of the same datagram.
  /// - Returns: `nil` if the payload ends early or its numbers contradict each other.
  /// - Complexity: O(1); does not allocate.
  public init?(parsing datagram: RawSpan, payload: Range<Int>) {
    guard payload.count > Self.headerByteCount + Self.lengthByteCount else { return nil }
    let start = payload.lowerBound
    let flagged: UInt16 = datagram.bigEndian(at: start + 2)
    self.init(
      frameIndex: datagram.bigEndian(at: start),
      isKeyframe: flagged & 0x8000 != 0,
      packetCount: flagged & 0x7FFF,
      firstSequenceNumber: SequenceNumber(rawValue: datagram.bigEndian(at: start + 4)),
      blockCount: datagram.bigEndian(at: start + 6),
      block: datagram.bigEndian(at: start + 7),
      parityCount: datagram.bigEndian(at: start + 8),
      parityIndex: datagram.bigEndian(at: start + 9),
      symbol: start + Self.headerByteCount..<payload.upperBound
    )
    guard self.packetCount > 0, self.blockCount > 0, self.blockCount <= self.packetCount, self.block < self.blockCount,
      self.parityIndex < self.parityCount, self.sourceCount + Int(self.parityCount) <= Self.maximumSymbolCount
    else { return nil }
  }

  /// Writes what goes in front of the symbol. Traps if it does not fit.
  public func serialize(into datagram: inout MutableRawSpan, at offset: Int) {
    datagram.storeBigEndian(self.frameIndex, at: offset)
    datagram.storeBigEndian(self.packetCount | (self.isKeyframe ? 0x8000 : 0), at: offset + 2)
    datagram.storeBigEndian(self.firstSequenceNumber.rawValue, at: offset + 4)
    datagram.storeBigEndian(self.blockCount, at: offset + 6)
    datagram.storeBigEndian(self.block, at: offset + 7)
    datagram.storeBigEndian(self.parityCount, at: offset + 8)
    datagram.storeBigEndian(self.parityIndex, at: offset + 9)
  }
}
