internal import Octets
internal import SessionProtocol

/// The four datagrams of the handshake: bytes to values and back.
///
/// - Spec: Protocol/session.md §3.
enum HandshakeDatagram {
  static let version: UInt8 = 1
  static let prologue = Array("Martlet/1".utf8)
  /// Every hello has this many bytes, so that an answer never multiplies what a forged source address sent.
  static let helloByteCount = 1200
  static let cookieByteCount = 16
  /// The first byte of an answer's payload, before a grant.
  static let grantMark: UInt8 = 0
  /// The first byte of an answer's payload, before a refusal.
  static let refusalMark: UInt8 = 1

  enum Kind: UInt8 {
    case hello = 4
    case answer = 5
    case cookie = 6
    case hint = 7
  }

  static func kind(of datagram: RawSpan) -> Kind? {
    guard datagram.byteCount > 0 else { return nil }
    return Kind(rawValue: datagram.bigEndian(at: 0, as: UInt8.self))
  }

  struct Hello {
    static let headerByteCount = 4 + cookieByteCount

    let cookie: [UInt8]
    let noise: [UInt8]

    /// The initiator's ephemeral key, which names the hello.
    var ephemeral: [UInt8] { Array(self.noise[..<NoiseIK.keyByteCount]) }
    var hasCookie: Bool { self.cookie.contains { $0 != 0 } }

    init(cookie: [UInt8], noise: [UInt8]) {
      self.cookie = cookie
      self.noise = noise
    }

    /// - Returns: `nil` unless it has a hello's size and a first message lies within it.
    init?(parsing datagram: RawSpan) {
      guard datagram.byteCount == helloByteCount else { return nil }
      let byteCount = Int(datagram.bigEndian(at: 2, as: UInt16.self))
      guard byteCount >= NoiseIK.firstOverhead, Self.headerByteCount + byteCount <= helloByteCount else { return nil }
      self.cookie = datagram.array(4..<Self.headerByteCount)
      self.noise = datagram.array(Self.headerByteCount..<Self.headerByteCount + byteCount)
    }

    var serialized: [UInt8] {
      var bytes: [UInt8] = [Kind.hello.rawValue, version]
      bytes.appendBigEndian(UInt16(self.noise.count))
      bytes += self.cookie + self.noise
      precondition(bytes.count <= helloByteCount, "the largest request leaves room in a hello")
      return bytes + [UInt8](repeating: 0, count: helloByteCount - bytes.count)
    }
  }

  /// The version that a hello claims, whatever else is in it; `nil` if it does not have a hello's size.
  static func version(ofHello datagram: RawSpan) -> UInt8? {
    datagram.byteCount == self.helloByteCount ? datagram.bigEndian(at: 1, as: UInt8.self) : nil
  }

  static func answer(_ noise: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [Kind.answer.rawValue, self.version]
    bytes.appendBigEndian(UInt16(noise.count))
    return bytes + noise
  }

  /// The second Noise message in an answer.
  static func noise(inAnswer datagram: RawSpan) -> [UInt8]? {
    guard datagram.byteCount >= 4, datagram.bigEndian(at: 1, as: UInt8.self) == self.version else { return nil }
    let byteCount = Int(datagram.bigEndian(at: 2, as: UInt16.self))
    guard datagram.byteCount >= 4 + byteCount else { return nil }
    return datagram.array(4..<4 + byteCount)
  }

  static func cookie(_ cookie: [UInt8], for ephemeral: [UInt8]) -> [UInt8] {
    [Kind.cookie.rawValue, self.version, 0, 0] + ephemeral + cookie
  }

  /// The cookie in a datagram that answers the hello of `ephemeral`.
  static func cookie(in datagram: RawSpan, for ephemeral: [UInt8]) -> [UInt8]? {
    let start = 4 + NoiseIK.keyByteCount
    guard datagram.byteCount == start + self.cookieByteCount, datagram.array(4..<start) == ephemeral else { return nil }
    return datagram.array(start..<start + self.cookieByteCount)
  }

  static func hint(_ hint: HandshakeHint, for ephemeral: [UInt8]) -> [UInt8] {
    [Kind.hint.rawValue, self.version, hint.rawValue, 0] + ephemeral
  }

  /// The hint in a datagram that answers the hello of `ephemeral`.
  static func hint(in datagram: RawSpan, for ephemeral: [UInt8]) -> HandshakeHint? {
    let end = 4 + NoiseIK.keyByteCount
    guard datagram.byteCount == end, datagram.array(4..<end) == ephemeral else { return nil }
    return HandshakeHint(rawValue: datagram.bigEndian(at: 2, as: UInt8.self))
  }
}
