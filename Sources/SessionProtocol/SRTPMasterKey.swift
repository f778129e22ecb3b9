/// The master key and master salt of one direction's SRTP.
///
/// - Spec: RFC 3711 §3.2.1, RFC 7714 §12.
public struct SRTPMasterKey: Hashable, Sendable {
  /// Bytes of key and salt together.
  public static let byteCount = 28

  /// 16 bytes.
  public let key: [UInt8]
  /// 12 bytes.
  public let salt: [UInt8]

  /// - Parameter bytes: 16 bytes of key, then 12 bytes of salt.
  public init(_ bytes: [UInt8]) {
    precondition(bytes.count == Self.byteCount, "an SRTP master key has 16 bytes, and its salt 12")
    self.key = Array(bytes[..<16])
    self.salt = Array(bytes[16...])
  }
}

extension SRTPMasterKey: CustomStringConvertible {
  /// Says nothing, so that a key never reaches a log.
  public var description: String { "SRTPMasterKey(…)" }
}
