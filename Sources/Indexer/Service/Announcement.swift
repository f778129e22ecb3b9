import Identity

/// What an indexer tells the others through the store: where it is, and its keys, signed by itself.
struct Announcement {
  private static let maximumURLByteCount = 512

  var url: String
  var keys: KeySet

  /// - Returns: `nil` for what no indexer of this version writes.
  init?(_ body: [UInt8], now: Int64) {
    let lines = String(decoding: body, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 2, !lines[0].isEmpty, lines[0].utf8.count <= Self.maximumURLByteCount else { return nil }
    guard let keys = try? KeySet(verifying: String(lines[1]), root: nil, now: now) else { return nil }
    // Nobody vouches for the keys of others here.
    guard keys.entries.allSatisfy({ $0.indexer == keys.signer }) else { return nil }
    self.url = String(lines[0])
    self.keys = keys
  }

  static func body(url: String, signedKeys: String) -> [UInt8] {
    Array((url + "\n" + signedKeys).utf8)
  }
}
