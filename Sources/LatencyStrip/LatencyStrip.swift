public import MediaUnits

/// What a test game draws into a picture's corner so that a machine can read, from pixels alone, which frame a player
/// is shown and which input it already answers to.
///
/// The strip is ``columns`` × ``rows`` cells of ``cellSide`` × ``cellSide`` pixels from the picture's top-left corner,
/// row by row: one white and one black cell, then 88 bits, most significant first: frame number (32), input count (32),
/// flags (8) and a CRC-16 of those nine octets. White is luma 235, black luma 16, so that half of the range may be lost
/// to coding before a cell is misread; a misread cell fails the CRC.
public struct LatencyStrip: Hashable, Sendable {
  public struct Flags: OptionSet, Hashable, Sendable {
    public var rawValue: UInt8

    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// The frame is drawn bright and a click is played at the same instant.
    public static let flash = Flags(rawValue: 1 << 0)
  }

  /// Pixels along a cell's edge: one macroblock, so that no cell shares a transform with another.
  public static let cellSide = 16
  public static let columns = 30
  public static let rows = 3
  /// The smallest picture that the strip fits into.
  public static let minimumSize = PictureSize(width: columns * cellSide, height: rows * cellSide)

  static let cellCount = columns * rows

  /// Frames drawn before this one, modulo 2³².
  public var frameNumber: UInt32
  /// Presses of keys and buttons that the game had handled before it drew this frame, modulo 2³².
  public var inputCount: UInt32
  public var flags: Flags

  public init(frameNumber: UInt32, inputCount: UInt32, flags: Flags = []) {
    self.frameNumber = frameNumber
    self.inputCount = inputCount
    self.flags = flags
  }

  /// The cells row by row, `true` for white; always ``columns`` × ``rows`` of them.
  public var cells: [Bool] {
    var cells = [true, false]
    cells.reserveCapacity(Self.cellCount)
    func append(_ value: UInt64, bitCount: Int) {
      for bit in stride(from: bitCount - 1, through: 0, by: -1) { cells.append(value >> bit & 1 == 1) }
    }
    append(UInt64(self.frameNumber), bitCount: 32)
    append(UInt64(self.inputCount), bitCount: 32)
    append(UInt64(self.flags.rawValue), bitCount: 8)
    append(UInt64(self.checksum), bitCount: 16)
    return cells
  }

  /// Reads the strip back from its cells.
  ///
  /// - Parameter cells: as ``cells`` gives them.
  /// - Returns: `nil` if the count, the first two cells or the CRC are wrong: this is no strip, or a damaged one.
  public init?(cells: [Bool]) {
    guard cells.count == Self.cellCount, cells[0], !cells[1] else { return nil }
    func value(at start: Int, bitCount: Int) -> UInt64 {
      cells[start..<(start + bitCount)].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
    }
    self.init(
      frameNumber: UInt32(value(at: 2, bitCount: 32)),
      inputCount: UInt32(value(at: 34, bitCount: 32)),
      flags: Flags(rawValue: UInt8(value(at: 66, bitCount: 8)))
    )
    guard UInt16(value(at: 74, bitCount: 16)) == self.checksum else { return nil }
  }

  /// CRC-16/CCITT with the initial value 0xFFFF, under which neither all-black nor all-white cells are valid.
  private var checksum: UInt16 {
    var remainder: UInt16 = 0xFFFF
    func add(_ octet: UInt8) {
      remainder ^= UInt16(octet) << 8
      for _ in 0..<8 { remainder = remainder & 0x8000 == 0 ? remainder << 1 : remainder << 1 ^ 0x1021 }
    }
    for shift in stride(from: 24, through: 0, by: -8) { add(UInt8(truncatingIfNeeded: self.frameNumber >> shift)) }
    for shift in stride(from: 24, through: 0, by: -8) { add(UInt8(truncatingIfNeeded: self.inputCount >> shift)) }
    add(self.flags.rawValue)
    return remainder
  }
}
