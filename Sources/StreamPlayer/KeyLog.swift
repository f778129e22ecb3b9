import Glibc
import Handshake
import SessionProtocol

/// Writes SRTP master keys where standard tools, and people, can read them.
///
/// One line for each direction: `SRTP_AEAD_AES_128_GCM DIRECTION SSRC[,SSRC…] KEY`, the SSRCs in decimal, the key as 56
/// hexadecimal digits: 16 bytes of master key, then 12 of master salt. GStreamer's `srtpdec` takes it as `srtp-key`.
///
/// - Spec: RFC 7714 §12; Protocol/session.md §6.
enum KeyLog {
  struct Failure: Error, CustomStringConvertible {
    let path: String
    let code: CInt
    var description: String { "cannot write the key log \(self.path): \(String(cString: strerror(self.code)))" }
  }

  /// Makes the file if it is missing, so that a session does not begin whose keys cannot be written.
  static func prepare(_ path: String) throws {
    close(try Self.open(path))
  }

  /// Appends both directions' lines. The file is readable by its owner alone.
  static func append(grant: SessionGrant, keys: SessionKeys, to path: String) throws {
    let descriptor = try Self.open(path)
    defer { close(descriptor) }
    let streams = grant.streams
    let text =
      Self.line("host-to-player", [streams.video, streams.videoRetransmission, streams.audio], keys.hostToPlayer)
      + Self.line("player-to-host", [streams.input], keys.playerToHost)
    let bytes = Array(text.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count else { throw Failure(path: path, code: errno) }
  }

  private static func open(_ path: String) throws -> CInt {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    return descriptor
  }

  private static func line(_ direction: String, _ streams: [UInt32], _ key: SRTPMasterKey) -> String {
    let digits = (key.key + key.salt).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
    let list = streams.map(String.init).joined(separator: ",")
    return "SRTP_AEAD_AES_128_GCM \(direction) \(list) \(digits.joined())\n"
  }
}
