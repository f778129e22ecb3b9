import Foundation
import Glibc
import Handshake
import Identity

/// Identities on disk: made on first use, readable by their owner alone.
///
/// - Spec: XDG Base Directory Specification: `$XDG_DATA_HOME/martlet`, by default `~/.local/share/martlet`.
enum KeyFile {
  static var defaultDirectory: String {
    let environment = ProcessInfo.processInfo.environment
    if let directory = environment["XDG_DATA_HOME"], directory.hasPrefix("/") { return directory + "/martlet" }
    return (environment["HOME"] ?? "/root") + "/.local/share/martlet"
  }

  /// Reads the key at `path`, or makes it.
  ///
  /// - Throws: ``CommandFailure`` when it can be neither read nor made, is no key, or is open to others.
  static func load(_ path: String) throws -> IdentityKey {
    if let bytes = try Self.read(path) {
      guard let key = IdentityKey(seed: bytes) else {
        throw CommandFailure(
          .badData,
          "\(path) is not a key: it must hold 32 bytes; move it away and a new one is made"
        )
      }
      return key
    }
    let key = IdentityKey()
    let directory = (path as NSString).deletingLastPathComponent
    if !directory.isEmpty {
      try FileManager.default.createDirectory(
        atPath: directory,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
      )
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      // Another process may just have made it.
      if errno == EEXIST { return try Self.load(path) }
      throw CommandFailure(.cannotCreate, "cannot create the key \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    let raw = key.seed
    guard write(descriptor, raw, raw.count) == raw.count, fsync(descriptor) == 0 else {
      unlink(path)
      throw CommandFailure(.cannotCreate, "cannot write the key \(path): \(String(cString: strerror(errno)))")
    }
    return key
  }

  /// The file's bytes, or `nil` when there is no such file.
  private static func read(_ path: String) throws -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw CommandFailure(.noInput, "cannot read the key \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    let attributes = try? FileManager.default.attributesOfItem(atPath: (path as NSString).resolvingSymlinksInPath)
    guard let permissions = attributes?[.posixPermissions] as? Int, permissions & 0o077 == 0 else {
      throw CommandFailure(
        .wrongKey,
        "others may use the key \(path), so whoever holds it is not known: if you trust that nobody has read it, "
          + "run chmod 600 \(path); if not, move it away and a new one is made"
      )
    }
    var bytes = [UInt8](repeating: 0, count: IdentityKey.seedByteCount + 1)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }
}

extension IdentityKey {
  /// The key pair that this identity has in the transport's handshake.
  var transport: StaticKeyPair {
    guard let pair = StaticKeyPair(rawPrivateKey: self.transportKey) else {
      preconditionFailure("a derived transport key has 32 bytes")
    }
    return pair
  }
}
