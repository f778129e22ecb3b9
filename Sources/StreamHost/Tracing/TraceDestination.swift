import Glibc

/// Where sessions' traces go.
public struct TraceDestination: Hashable, Sendable {
  /// Nothing can be written there.
  public struct Unusable: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    /// The `errno` value.
    public let code: CInt
    public var description: String { "cannot write traces to \(self.path): \(String(cString: strerror(self.code)))" }
  }

  public let path: String
  /// What writes them, with its version.
  public let software: String
  private let isDirectory: Bool

  /// - Parameters:
  ///   - path: a directory, where each session gets a file named for when it began; or a file for the first session, whose
  ///     name the later ones' get with a number.
  ///   - software: what writes them, with its version.
  /// - Throws: ``Unusable`` when a file could not be created there now.
  public init(path: String, software: String) throws(Unusable) {
    var status = stat()
    self.path = path
    self.software = software
    self.isDirectory = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    let directory = self.isDirectory ? path : Self.parent(of: path)
    guard path.utf8.last != UInt8(ascii: "/") || self.isDirectory else { throw Unusable(path: path, code: ENOENT) }
    guard access(directory, W_OK | X_OK) == 0 else { throw Unusable(path: path, code: errno) }
  }

  /// The file of one session.
  ///
  /// - Parameters:
  ///   - number: which of this host's sessions it is, from 1.
  ///   - unixSeconds: when it began.
  ///   - session: its name.
  func path(number: Int, unixSeconds: Int64, session: String) -> String {
    if self.isDirectory {
      let name = session.utf8.filter(Self.isPlain).prefix(40)
      return "\(self.path)/\(Self.utc(unixSeconds))-\(String(decoding: name, as: UTF8.self))-\(number).jsonl"
    }
    guard number > 1 else { return self.path }
    let directory = Self.parent(of: self.path)
    let start = self.path.hasPrefix(directory + "/") ? directory.utf8.count + 1 : 0
    let name = String(decoding: self.path.utf8.dropFirst(start), as: UTF8.self)
    let prefix = String(decoding: self.path.utf8.prefix(start), as: UTF8.self)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "\(self.path)-\(number)" }
    return "\(prefix)\(name[..<dot])-\(number)\(name[dot...])"
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Such as `20260131T120000Z`.
  private static func utc(_ unixSeconds: Int64) -> String {
    var seconds = time_t(unixSeconds)
    var parts = tm()
    guard gmtime_r(&seconds, &parts) != nil else { return "\(unixSeconds)" }
    func digits(_ value: CInt, _ count: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let day = digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1, 2) + digits(parts.tm_mday, 2)
    return "\(day)T\(digits(parts.tm_hour, 2))\(digits(parts.tm_min, 2))\(digits(parts.tm_sec, 2))Z"
  }
}
