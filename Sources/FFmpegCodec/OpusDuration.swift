/// How much sound an Opus packet holds, read from its first bytes.
enum OpusDuration {
  /// - Returns: nanoseconds; zero for an empty packet.
  /// - Spec: RFC 6716 §3.1: table 2 (configurations), table of frame count codes.
  static func nanoseconds(of packet: UnsafeRawBufferPointer) -> Int64 {
    guard let contents = packet.first else { return 0 }
    let configuration = Int(contents >> 3)
    let microseconds: Int64 =
      switch configuration {
      case 0..<12: [10_000, 20_000, 40_000, 60_000][configuration % 4]
      case 12..<16: [10_000, 20_000][configuration % 2]
      default: [2_500, 5_000, 10_000, 20_000][configuration % 4]
      }
    let frameCount: Int64 =
      switch contents & 3 {
      case 0: 1
      case 1, 2: 2
      default: packet.count > 1 ? Int64(packet[1] & 0x3F) : 0
      }
    return frameCount * microseconds * 1000
  }
}
