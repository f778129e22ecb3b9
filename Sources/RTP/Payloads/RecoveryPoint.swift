public import MediaUnits
internal import Octets

/// What an access unit says about a picture that is drawn anew part by part, beginning with it.
///
/// A decoder that is given this access unit and all after it has a whole picture ``frameCount`` frames later, whatever it
/// was given before.
///
/// - Spec: ITU-T H.264 §D.1.8 and §D.2.8 (recovery point), §7.3.2.3 (messages), §7.4.1 (emulation prevention), §9.1
///   (ue(v)); Protocol/media.md §5.2.
public struct RecoveryPoint: Hashable, Sendable {
  /// How many frames later the picture is whole, 0 … 65535; 0 if this one is.
  public let frameCount: Int

  /// A recovery point's message.
  private static let messageType = 6

  /// Looks for a recovery point in front of the picture's first slice.
  ///
  /// - Parameters:
  ///   - accessUnit: Annex B, of any content.
  ///   - codec: of HEVC none is read, since no HEVC stream here is drawn anew that way.
  /// - Returns: `nil` where there is none, or where it makes no sense.
  /// - Complexity: O(n) in the bytes in front of the first slice; does not allocate.
  public init?(accessUnit: RawSpan, codec: VideoCodec) {
    guard codec == .h264 else { return nil }
    var startCode = AnnexB.startCode(in: accessUnit, from: 0)
    while startCode + 3 < accessUnit.byteCount {
      let type = accessUnit.bigEndian(at: startCode + 3, as: UInt8.self) & 0x1F
      // A slice, or a part of one.
      if 1...5 ~= type { return nil }
      let unit = AnnexB.unit(in: accessUnit, startCode: startCode)
      // Supplemental enhancement information.
      if type == 6, let count = Self.frameCount(of: unit.bytes.dropFirst(), in: accessUnit) {
        self.frameCount = count
        return
      }
      startCode = unit.next
    }
    return nil
  }

  /// Reads the messages of one NAL unit, whose header is left out.
  private static func frameCount(of unit: Range<Int>, in stream: RawSpan) -> Int? {
    var reader = MessageReader(offset: unit.lowerBound, end: unit.upperBound)
    while let type = reader.nextNumber(in: stream), let byteCount = reader.nextNumber(in: stream) {
      if type == Self.messageType { return reader.nextExponentialGolomb(in: stream, byteCount: byteCount) }
      for _ in 0..<byteCount {
        guard reader.nextByte(in: stream) != nil else { return nil }
      }
    }
    return nil
  }
}

/// Reads the bytes of a NAL unit without those that keep start codes out of it.
private struct MessageReader {
  private var offset: Int
  private let end: Int
  /// Zero bytes just before ``offset``.
  private var zeroCount = 0

  init(offset: Int, end: Int) {
    self.offset = offset
    self.end = end
  }

  mutating func nextByte(in stream: RawSpan) -> UInt8? {
    guard var byte = self.rawByte(in: stream) else { return nil }
    if self.zeroCount >= 2, byte == 3 {
      self.zeroCount = 0
      guard let following = self.rawByte(in: stream) else { return nil }
      byte = following
    }
    self.zeroCount = byte == 0 ? self.zeroCount + 1 : 0
    return byte
  }

  /// A message's type or size: bytes of 255, and one that is less.
  mutating func nextNumber(in stream: RawSpan) -> Int? {
    var sum = 0
    while let byte = self.nextByte(in: stream) {
      sum += Int(byte)
      if byte < 255 { return sum }
    }
    return nil
  }

  /// A number of at most 16 bits at the start of the next `byteCount` bytes.
  mutating func nextExponentialGolomb(in stream: RawSpan, byteCount: Int) -> Int? {
    var (leadingZeroCount, bitsToCome, value) = (0, -1, 0)
    for _ in 0..<byteCount {
      guard let byte = self.nextByte(in: stream) else { return nil }
      for shift in stride(from: 7, through: 0, by: -1) {
        let bit = Int(byte >> UInt8(shift) & 1)
        if bitsToCome < 0 {
          guard bit == 1 else {
            leadingZeroCount += 1
            guard leadingZeroCount <= 16 else { return nil }
            continue
          }
          (bitsToCome, value) = (leadingZeroCount, 1)
        } else {
          value = value << 1 | bit
          bitsToCome -= 1
        }
        if bitsToCome == 0 { return value - 1 <= 0xFFFF ? value - 1 : nil }
      }
    }
    return nil
  }

  private mutating func rawByte(in stream: RawSpan) -> UInt8? {
    guard self.offset < self.end else { return nil }
    defer { self.offset += 1 }
    return stream.bigEndian(at: self.offset)
  }
}
