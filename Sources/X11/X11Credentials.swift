import Glibc

/// One record of an `.Xauthority` file.
///
/// - Source: the X.Org library libXau, `AuRead.c`: family, then four strings with 16-bit big-endian lengths: address,
///   display number, name and data.
struct X11Credentials: Hashable {
  var name: [UInt8]
  var data: [UInt8]

  /// The first record for a display, or `nil`.
  ///
  /// - Parameter displayNumber: its decimal digits. A record without a number is for every display.
  init?(parsing file: [UInt8], displayNumber: String) {
    var offset = 0
    func read() -> [UInt8]? {
      guard offset + 2 <= file.count else { return nil }
      let end = offset + 2 + Int(file[offset]) << 8 + Int(file[offset + 1])
      guard end <= file.count else { return nil }
      defer { offset = end }
      return Array(file[(offset + 2)..<end])
    }
    while offset + 2 <= file.count {
      offset += 2
      guard read() != nil, let number = read(), let name = read(), let data = read() else { return nil }
      if number.isEmpty || number == Array(displayNumber.utf8) {
        self.name = name
        self.data = data
        return
      }
    }
    return nil
  }

  /// - Throws: ``X11Error/unusableCredentials(path:reason:)``.
  init(path: String, display: String) throws(X11Error) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .unusableCredentials(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var file = [UInt8](repeating: 0, count: 1 << 16)
    file.removeLast(file.count - max(0, read(descriptor, &file, file.count)))
    let number = display.split(separator: ":", omittingEmptySubsequences: false).last?.prefix { $0 != "." } ?? ""
    guard let credentials = X11Credentials(parsing: file, displayNumber: String(number)) else {
      throw .unusableCredentials(path: path, reason: "it has no record for display \(display)")
    }
    self = credentials
  }
}
