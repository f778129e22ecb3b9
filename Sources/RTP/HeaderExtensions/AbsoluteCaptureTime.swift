public import MediaUnits
internal import Octets

/// When a frame was captured, on its sender's NTP clock.
///
/// The last packet of each video frame has one, and an audio packet once a second.
///
/// - Spec: Protocol/media.md §4.1. The element is `abs-capture-time`, as WebRTC defines it at
///   <https://webrtc.googlesource.com/src/+/refs/heads/main/docs/native-code/rtp-hdrext/abs-capture-time>.
public struct AbsoluteCaptureTime: Hashable, Sendable {
  /// The same clock as that of the sender reports.
  public var timestamp: NTPTimestamp

  /// Bytes of the element's data as we write it.
  public static let byteCount = 8
  /// Bytes of the extended form, whose clock offset we do not read.
  private static let extendedByteCount = 16

  public init(timestamp: NTPTimestamp) {
    self.timestamp = timestamp
  }

  /// Finds the element in a packet.
  ///
  /// - Parameter extensions: ``RTPHeader/extensions`` of the same datagram.
  /// - Returns: `nil` if the element is absent or of the wrong size.
  /// - Complexity: O(n) in the bytes of `extensions`; does not allocate.
  public init?(parsing datagram: RawSpan, extensions: Range<Int>) {
    guard let data = HeaderExtension.absoluteCaptureTime.data(in: datagram, extensions: extensions),
      data.count == Self.byteCount || data.count == Self.extendedByteCount
    else { return nil }
    self.timestamp = NTPTimestamp(rawValue: datagram.bigEndian(at: data.lowerBound))
  }

  func serialize(into datagram: inout MutableRawSpan, at offset: Int) {
    datagram.storeBigEndian(HeaderExtension.absoluteCaptureTime.head(dataByteCount: Self.byteCount), at: offset)
    datagram.storeBigEndian(self.timestamp.rawValue, at: offset + 1)
  }
}
