import DatagramIO
import Foundation
import Matching

/// Where this player stands in the network, kept from one start to the next: round trips to the network's landmarks.
///
/// A vector belongs to the network that it was measured from and to the indexers that named the landmarks; another one's
/// is not used.
public struct LandmarkCache: Sendable {
  /// What the file holds, for each set of indexers.
  private struct Entry: Codable {
    /// The address that this machine sends from.
    var local: String
    /// The indexers, joined.
    var indexers: String
    /// Seconds since 1970.
    var measuredAt: Int64
    /// `LandmarkVector` text.
    var vector: String
  }

  /// A vector older than this is not used at all.
  static let usableSeconds: Int64 = 15 * 60
  /// With a vector as fresh as this, the shortlist is not probed.
  static let freshSeconds: Int64 = 5 * 60
  /// Networks that are remembered at most.
  private static let capacity = 16

  private let path: String
  private let indexers: String

  /// - Parameters:
  ///   - path: the file; made when there is something to keep.
  ///   - indexers: whose landmarks these are.
  public init(path: String, indexers: [String]) {
    self.path = path
    self.indexers = indexers.sorted().joined(separator: " ")
  }

  /// `$XDG_CACHE_HOME/martlet/landmarks.json`, by default in `~/.cache`.
  public static var defaultPath: String {
    let environment = ProcessInfo.processInfo.environment
    if let directory = environment["XDG_CACHE_HOME"], directory.hasPrefix("/") {
      return directory + "/martlet/landmarks.json"
    }
    return (environment["HOME"] ?? "/root") + "/.cache/martlet/landmarks.json"
  }

  /// The vector and its age in seconds; `nil` if there is none of use.
  func load(now: Int64) -> (vector: LandmarkVector, age: Int64)? {
    guard let entry = self.entries.last(where: { $0.indexers == self.indexers }), entry.local == Self.localAddress,
      let vector = LandmarkVector(entry.vector)
    else { return nil }
    let age = now - entry.measuredAt
    return 0..<Self.usableSeconds ~= age ? (vector, age) : nil
  }

  /// Keeps a vector; a cache that cannot be written costs a measurement, no more.
  func store(_ vector: LandmarkVector, now: Int64) {
    let url = URL(fileURLWithPath: self.path)
    var entries = self.entries.filter {
      $0.indexers != self.indexers && 0..<Self.usableSeconds ~= now - $0.measuredAt
    }
    entries.append(Entry(local: Self.localAddress, indexers: self.indexers, measuredAt: now, vector: vector.text))
    try? FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
    try? JSONEncoder().encode(Array(entries.suffix(Self.capacity))).write(to: url, options: .atomic)
  }

  private var entries: [Entry] {
    guard let bytes = FileManager.default.contents(atPath: self.path), bytes.count <= 65_536 else { return [] }
    return (try? JSONDecoder().decode([Entry].self, from: bytes)) ?? []
  }

  /// The address of the default route's interface; the documentation's addresses stand for anywhere.
  private static var localAddress: String {
    let anywhere = ["192.0.2.1", "2001:db8::1"].lazy.compactMap { try? SocketAddress(host: $0, port: 9) }
    return anywhere.compactMap { SocketAddress.local(towards: $0)?.host }.first ?? "none"
  }
}
