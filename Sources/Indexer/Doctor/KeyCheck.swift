import Foundation
import Glibc
import Identity

/// Whether the indexer's identity is there, is kept to its owner, and signs.
struct KeyCheck {
  let path: String

  func findings() -> [DoctorFinding] {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: self.path) else {
      return [DoctorFinding("key", .ok, "\(self.path) does not exist yet; the indexer makes it")]
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      return [DoctorFinding("key", .fail, "\(self.path) is no file", advice: "Move it away; the indexer makes a key.")]
    }
    let descriptor = open(self.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      return [
        DoctorFinding(
          "key",
          .fail,
          "\(self.path) cannot be read: \(String(cString: strerror(errno)))",
          advice: "Give it to the user that runs the indexer."
        )
      ]
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: IdentityKey.seedByteCount + 1)
    let count = read(descriptor, &bytes, bytes.count)
    guard let identity = IdentityKey(seed: Array(bytes.prefix(max(0, count)))) else {
      return [
        DoctorFinding(
          "key",
          .fail,
          "\(self.path) holds no key of \(IdentityKey.seedByteCount) bytes",
          advice: "Put the right file back; a new key is a new indexer, which hosts that pinned the old one refuse."
        )
      ]
    }
    return [self.rights(attributes), self.epochs(identity)]
  }

  private func rights(_ attributes: [FileAttributeKey: Any]) -> DoctorFinding {
    let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
    guard mode & 0o077 == 0 else {
      return DoctorFinding(
        "key",
        .fail,
        "\(self.path) may be read by others (mode \(String(mode & 0o777, radix: 8)))",
        advice: "chmod 600 \(self.path); if others may have read it, make a new key."
      )
    }
    guard (attributes[.ownerAccountID] as? NSNumber)?.uint32Value == geteuid() else {
      return DoctorFinding("key", .warn, "\(self.path) is another user's", advice: "Run this as the indexer's user.")
    }
    return DoctorFinding("key", .ok, "\(self.path) is for its owner alone")
  }

  /// Tickets are signed with keys of the day, which are made from the identity.
  private func epochs(_ identity: IdentityKey) -> DoctorFinding {
    let epoch = EpochKey.epoch(at: IndexClock.system.unixSeconds)
    let today = EpochKey(identity: identity, epoch: epoch)
    let tomorrow = EpochKey(identity: identity, epoch: epoch + 1)
    let message = Array("doctor".utf8)
    guard today.kid != tomorrow.kid, identity.publicKey.isValid(signature: identity.sign(message), of: message) else {
      return DoctorFinding("key", .fail, "the key does not sign", advice: "Report this: it should not happen.")
    }
    return DoctorFinding("key", .ok, "the key is \(identity.publicKey.base64URL); today's tickets have \(today.kid)")
  }
}
