import SRTPProtection

extension SRTPSender {
  mutating func protectRTP(_ packet: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: packet.count + Self.rtpOverhead)
    let byteCount = packet.withUnsafeBytes { plain in
      output.withUnsafeMutableBytes { self.protectRTP(plain, into: $0) }
    }
    return Array(output[..<byteCount])
  }

  mutating func protectRTCP(_ packet: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: packet.count + Self.rtcpOverhead)
    let byteCount = packet.withUnsafeBytes { plain in
      output.withUnsafeMutableBytes { self.protectRTCP(plain, into: $0) }
    }
    return Array(output[..<byteCount])
  }
}

extension SRTPReceiver {
  mutating func unprotectRTP(_ datagram: [UInt8]) throws(SRTPError) -> [UInt8] {
    // A copy of exactly the datagram's size, so that a sanitizer sees a step beyond it.
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: datagram.count, alignment: 1)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: datagram)
    return try Array(bytes[..<self.unprotectRTP(bytes)])
  }

  mutating func unprotectRTCP(_ datagram: [UInt8]) throws(SRTPError) -> [UInt8] {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: datagram.count, alignment: 1)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: datagram)
    return try Array(bytes[..<self.unprotectRTCP(bytes)])
  }
}
