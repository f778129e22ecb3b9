internal import Octets

/// How far the host has got with the player's input: the data of an RTCP APP packet.
///
/// - Spec: Protocol/feedback.md §6, RFC 3550 §6.7.
public struct InputAcknowledgement: Hashable, Sendable {
  /// The newest event up to which all have arrived; the player need not send these again. 0 before the first.
  public var newestReceived: UInt32
  /// The newest event that the game has been given; 0 before the first.
  public var newestApplied: UInt32

  /// The name of the RTCP APP packet: `MRTL`.
  public static let name: UInt32 = 0x4D52_544C
  /// Its subtype.
  public static let subtype: UInt8 = 1
  /// Bytes of its data.
  public static let byteCount = 8

  public init(newestReceived: UInt32, newestApplied: UInt32) {
    self.newestReceived = newestReceived
    self.newestApplied = newestApplied
  }

  /// Reads the data of an APP packet that has the right ``name`` and ``subtype``.
  ///
  /// - Returns: `nil` if it is too short. What follows the eight bytes belongs to a later version, and is ignored.
  public init?(parsing data: RawSpan) {
    guard data.byteCount >= Self.byteCount else { return nil }
    self.newestReceived = data.bigEndian(at: 0)
    self.newestApplied = data.bigEndian(at: 4)
  }

  /// The data of the APP packet.
  public var serialized: [UInt8] {
    var data: [UInt8] = []
    self.serialize(into: &data)
    return data
  }

  /// Appends the data of the APP packet.
  public func serialize(into data: inout [UInt8]) {
    data.appendBigEndian(self.newestReceived)
    data.appendBigEndian(self.newestApplied)
  }
}
