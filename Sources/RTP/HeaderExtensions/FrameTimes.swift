internal import MediaUnits
internal import Octets

/// How long the host took over a video frame, and which input the frame could show.
///
/// The last packet of each video frame has one. Durations have a resolution of 8 µs and saturate at 524.28 ms.
///
/// - Spec: Protocol/media.md §4.3.
public struct FrameTimes: Hashable, Sendable {
  /// The newest input event that was applied before the frame was captured; 0 before the first.
  public var inputSequence: UInt32
  private var units: (UInt16, UInt16, UInt16, UInt16)

  /// Bytes of the element's data.
  public static let byteCount = 12
  /// The resolution of the durations, in nanoseconds.
  static let unitNanoseconds: Int64 = 8_000

  /// - Parameters: durations are rounded down to 8 µs; negative ones become zero, long ones saturate.
  public init(
    inputSequence: UInt32,
    damageToCaptured: Duration,
    capturedToConverted: Duration,
    convertedToEncoded: Duration,
    encodedToSent: Duration
  ) {
    self.inputSequence = inputSequence
    self.units = (
      Self.units(damageToCaptured), Self.units(capturedToConverted), Self.units(convertedToEncoded),
      Self.units(encodedToSent)
    )
  }

  /// From the first change of the picture to its capture.
  public var damageToCaptured: Duration { Self.duration(self.units.0) }
  /// From capture to a picture that the encoder takes.
  public var capturedToConverted: Duration { Self.duration(self.units.1) }
  /// From there to a finished access unit.
  public var convertedToEncoded: Duration { Self.duration(self.units.2) }
  /// From there to the hand-over of the frame's last packet to the network.
  public var encodedToSent: Duration { Self.duration(self.units.3) }

  /// Finds the element in a packet.
  ///
  /// - Parameter extensions: ``RTPHeader/extensions`` of the same datagram.
  /// - Returns: `nil` if the element is absent or of the wrong size.
  /// - Complexity: O(n) in the bytes of `extensions`; does not allocate.
  public init?(parsing datagram: RawSpan, extensions: Range<Int>) {
    guard let data = HeaderExtension.frameTimes.data(in: datagram, extensions: extensions),
      data.count == Self.byteCount
    else { return nil }
    let start = data.lowerBound
    self.inputSequence = datagram.bigEndian(at: start)
    self.units = (
      datagram.bigEndian(at: start + 4), datagram.bigEndian(at: start + 6), datagram.bigEndian(at: start + 8),
      datagram.bigEndian(at: start + 10)
    )
  }

  func serialize(into datagram: inout MutableRawSpan, at offset: Int) {
    datagram.storeBigEndian(HeaderExtension.frameTimes.head(dataByteCount: Self.byteCount), at: offset)
    datagram.storeBigEndian(self.inputSequence, at: offset + 1)
    datagram.storeBigEndian(self.units.0, at: offset + 5)
    datagram.storeBigEndian(self.units.1, at: offset + 7)
    datagram.storeBigEndian(self.units.2, at: offset + 9)
    datagram.storeBigEndian(self.units.3, at: offset + 11)
  }

  private static func units(_ duration: Duration) -> UInt16 {
    UInt16(clamping: duration.wholeNanoseconds / Self.unitNanoseconds)
  }

  private static func duration(_ units: UInt16) -> Duration {
    .nanoseconds(Int64(units) * Self.unitNanoseconds)
  }

  public static func == (lhs: FrameTimes, rhs: FrameTimes) -> Bool {
    lhs.inputSequence == rhs.inputSequence && lhs.units == rhs.units
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(self.inputSequence)
    hasher.combine(self.units.0)
    hasher.combine(self.units.1)
    hasher.combine(self.units.2)
    hasher.combine(self.units.3)
  }
}
