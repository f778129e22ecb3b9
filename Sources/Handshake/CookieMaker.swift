import Octets
internal import Crypto
internal import MediaUnits
internal import SessionProtocol

/// Makes and recognises cookies, which prove that a player receives at the address it claims, and keeps nothing per
/// player.
///
/// - Spec: Protocol/session.md §3.3.
struct CookieMaker: Sendable {
  private static let period: Duration = .seconds(60)

  private let keySource: KeySource
  private var current: SymmetricKey
  private var previous: SymmetricKey?
  private var rotatesAt: Instant?

  init(keySource: KeySource) {
    self.keySource = keySource
    self.current = SymmetricKey(data: keySource.next())
  }

  mutating func cookie(for address: AddressToken, ephemeral: [UInt8], now: Instant) -> [UInt8] {
    self.rotate(now: now)
    return Self.cookie(self.current, address, ephemeral)
  }

  /// Whether `cookie` was made for this address and hello within the last one to two minutes.
  mutating func accepts(_ cookie: [UInt8], from address: AddressToken, ephemeral: [UInt8], now: Instant) -> Bool {
    self.rotate(now: now)
    if Self.isEqual(cookie, Self.cookie(self.current, address, ephemeral)) { return true }
    guard let previous = self.previous else { return false }
    return Self.isEqual(cookie, Self.cookie(previous, address, ephemeral))
  }

  private mutating func rotate(now: Instant) {
    guard let rotatesAt = self.rotatesAt else {
      self.rotatesAt = now + Self.period
      return
    }
    guard now >= rotatesAt else { return }
    self.previous = now >= rotatesAt + Self.period ? nil : self.current
    self.current = SymmetricKey(data: self.keySource.next())
    self.rotatesAt = now + Self.period
  }

  private static func cookie(_ secret: SymmetricKey, _ address: AddressToken, _ ephemeral: [UInt8]) -> [UInt8] {
    var data: [UInt8] = []
    data.appendBigEndian(address.high)
    data.appendBigEndian(address.low)
    data.appendBigEndian(address.port)
    let code = HMAC<SHA256>.authenticationCode(for: data + ephemeral, using: secret)
    return Array(code.prefix(HandshakeDatagram.cookieByteCount))
  }

  /// Takes the same time wherever the two differ.
  private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
