/// An endless stream of RTP packets of one size, made in place.
struct PacketSource: ~Copyable {
  /// As they leave: the header, the payload and the tag make 1,200 bytes.
  static let protectedByteCount = 1200
  static let plainByteCount = protectedByteCount - 16

  let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: protectedByteCount, alignment: 64)
  private var sequenceNumber: UInt16 = 0

  init() {
    for index in self.bytes.indices { self.bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
    self.bytes[0] = 0x80
    self.bytes[1] = 96
  }

  deinit {
    self.bytes.deallocate()
  }

  /// The next packet, before protection.
  mutating func next() -> UnsafeRawBufferPointer {
    self.bytes.storeBytes(of: self.sequenceNumber.bigEndian, toByteOffset: 2, as: UInt16.self)
    self.sequenceNumber &+= 1
    return UnsafeRawBufferPointer(rebasing: self.bytes[..<Self.plainByteCount])
  }
}
