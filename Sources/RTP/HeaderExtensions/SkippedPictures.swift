internal import Octets

/// Pictures that the host left out on purpose before a frame, so that their absence is not taken for a fault.
///
/// The last packet of the first frame after such pictures has one.
///
/// - Spec: Protocol/media.md §4.4.
public struct SkippedPictures: Hashable, Sendable {
  /// Why the host left them out.
  public enum Reason: UInt8, Hashable, Sendable, CaseIterable {
    case unknown = 0
    /// The path could not have taken them in time.
    case path = 1
    /// The encoder could not have finished them in time.
    case encoder = 2
    /// The player's decoder cannot keep up.
    case decoder = 3
  }

  /// Since the frame before, at least 1; 255 means so many or more.
  public var count: UInt8
  /// Of the last of them.
  public var reason: Reason

  /// Bytes of the element's data.
  public static let byteCount = 2

  /// - Parameter count: at least 1; more than 255 are 255.
  public init(count: Int, reason: Reason) {
    precondition(count >= 1, "a frame after which nothing was left out has no such element")
    self.count = UInt8(clamping: count)
    self.reason = reason
  }

  /// Finds the element in a packet.
  ///
  /// - Parameter extensions: ``RTPHeader/extensions`` of the same datagram.
  /// - Returns: `nil` if the element is absent, of the wrong size, or tells of none.
  /// - Complexity: O(n) in the bytes of `extensions`; does not allocate.
  public init?(parsing datagram: RawSpan, extensions: Range<Int>) {
    guard let data = HeaderExtension.skippedPictures.data(in: datagram, extensions: extensions),
      data.count == Self.byteCount
    else { return nil }
    let count: UInt8 = datagram.bigEndian(at: data.lowerBound)
    guard count >= 1 else { return nil }
    self.init(count: Int(count), reason: Reason(rawValue: datagram.bigEndian(at: data.lowerBound + 1)) ?? .unknown)
  }

  func serialize(into datagram: inout MutableRawSpan, at offset: Int) {
    datagram.storeBigEndian(HeaderExtension.skippedPictures.head(dataByteCount: Self.byteCount), at: offset)
    datagram.storeBigEndian(self.count, at: offset + 1)
    datagram.storeBigEndian(self.reason.rawValue, at: offset + 2)
  }
}
