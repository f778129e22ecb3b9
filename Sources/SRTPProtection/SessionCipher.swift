internal import COpenSSL
internal import SessionProtocol

/// AES-128-GCM under the session key and salt that RTP or RTCP derive from one master key.
///
/// - Spec: RFC 3711 §4.3, RFC 7714 §8 to §11.
struct SessionCipher: ~Copyable {
  /// Labels of the key and of the salt in the key derivation.
  ///
  /// - Spec: RFC 3711 §4.3.2.
  enum Use {
    case rtp
    case rtcp

    fileprivate var labels: (key: UInt8, salt: UInt8) {
      switch self {
      case .rtp: (0, 2)
      case .rtcp: (3, 5)
      }
    }
  }

  static let tagByteCount = Int(SHIM_GCM_TAG_BYTE_COUNT)

  private let context: OpaquePointer
  /// The session salt as the two halves that nonces are made from.
  private let saltHigh: UInt64
  private let saltLow: UInt32

  init(_ master: SRTPMasterKey, for use: Use, encrypts: Bool) {
    self.init(
      key: Self.derive(16, label: use.labels.key, from: master),
      salt: Self.derive(12, label: use.labels.salt, from: master),
      encrypts: encrypts
    )
  }

  /// - Parameters:
  ///   - key: the session key, 16 bytes.
  ///   - salt: the session salt, 12 bytes.
  init(key: [UInt8], salt: [UInt8], encrypts: Bool) {
    precondition(key.count == 16 && salt.count == 12, "AES-128-GCM has keys of 16 bytes, and SRTP salts of 12")
    guard let context = shim_gcm_new(key, encrypts ? 1 : 0) else {
      preconditionFailure("OpenSSL offers AES-128-GCM wherever it is installed")
    }
    self.context = context
    self.saltHigh = salt.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    self.saltLow = salt.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self)) }
  }

  deinit {
    EVP_CIPHER_CTX_free(self.context)
  }

  /// Encrypts `plaintext` to `sealed`, which has room for the tag too.
  ///
  /// - Parameters:
  ///   - index: 48 bits for RTP, 31 for RTCP; never twice for one SSRC.
  ///   - trailer: authenticated after the header.
  func seal(
    _ plaintext: UnsafeRawBufferPointer,
    header: UnsafeRawBufferPointer,
    trailer: UInt32? = nil,
    ssrc: UInt32,
    index: UInt64,
    into sealed: UnsafeMutableRawPointer
  ) {
    let done = self.withNonce(ssrc: ssrc, index: index) { nonce in
      withUnsafeBytes(of: (trailer ?? 0).bigEndian) { more in
        shim_gcm_seal(
          self.context,
          nonce,
          header.baseAddress,
          Int32(header.count),
          more.baseAddress,
          trailer == nil ? 0 : Int32(more.count),
          plaintext.baseAddress,
          Int32(plaintext.count),
          sealed.assumingMemoryBound(to: UInt8.self)
        )
      }
    }
    precondition(done == 1, "AES-128-GCM cannot fail to encrypt")
  }

  /// Decrypts `count` bytes in place, whose tag follows them.
  ///
  /// - Returns: whether they are authentic; if not, they are garbage.
  func open(
    _ sealed: UnsafeMutableRawPointer,
    count: Int,
    header: UnsafeRawBufferPointer,
    trailer: UInt32? = nil,
    ssrc: UInt32,
    index: UInt64
  ) -> Bool {
    let done = self.withNonce(ssrc: ssrc, index: index) { nonce in
      withUnsafeBytes(of: (trailer ?? 0).bigEndian) { more in
        shim_gcm_open(
          self.context,
          nonce,
          header.baseAddress,
          Int32(header.count),
          more.baseAddress,
          trailer == nil ? 0 : Int32(more.count),
          sealed.assumingMemoryBound(to: UInt8.self),
          Int32(count)
        )
      }
    }
    return done == 1
  }

  /// The nonce: 16 zero bits, the SSRC and the 48-bit index, all XORed with the salt. An SRTCP index has its upper bits
  /// zero, which makes the same layout.
  ///
  /// - Spec: RFC 7714 §8.1, §9.1.
  private func withNonce(ssrc: UInt32, index: UInt64, _ body: (UnsafePointer<UInt8>) -> Int32) -> Int32 {
    let high = (UInt64(ssrc) << 16 | index >> 32) ^ self.saltHigh
    let low = UInt32(truncatingIfNeeded: index) ^ self.saltLow
    let nonce = (high.bigEndian, low.bigEndian)
    return withUnsafeBytes(of: nonce) { bytes in
      guard let base = bytes.baseAddress else { preconditionFailure("a tuple has an address") }
      return body(base.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// - Spec: RFC 3711 §4.3.1 and §4.3.3 with a key derivation rate of 0; RFC 7714 §11 for the 12-byte salt.
  private static func derive(_ byteCount: Int, label: UInt8, from master: SRTPMasterKey) -> [UInt8] {
    var start = master.salt + [0, 0, 0, 0]
    start[7] ^= label
    var stream = [UInt8](repeating: 0, count: byteCount)
    let done = shim_ctr_stream(master.key, start, &stream, Int32(byteCount))
    precondition(done == 1, "OpenSSL offers AES-128-CTR wherever it is installed")
    return stream
  }
}
