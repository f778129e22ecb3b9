internal import Glibc

/// Room at the end of SQLite's write-ahead log, made before it is needed.
///
/// A commit that makes its file longer waits for the file system's journal, and with it for whatever else is on its way
/// to the disk. One that writes over zeros waits for its own pages: half as long, and a tenth as long at worst. SQLite
/// reads the log up to the first frame that is none, so zeros at its end say nothing.
struct LogRoom {
  /// Zeros that are written at once, while commits wait: room for about twenty, in less time than one of them would
  /// otherwise take. A few MiB would keep all of a busy second's orders waiting for 20 ms.
  private static let strideByteCount = 256 << 10

  private let path: String
  /// The log is not made longer than this in advance.
  private let limit: Int
  /// Where the zeros end.
  private var end = 0

  /// - Parameter path: of the log; SQLite makes the file.
  init(path: String, limit: Int) {
    self.path = path
    self.limit = limit
  }

  /// Makes more room if there is none left. To be called between two commits.
  ///
  /// No error is one: the log grows by itself.
  mutating func extend() {
    var status = stat()
    guard stat(self.path, &status) == 0, status.st_size > self.end else { return }
    self.end = Int(status.st_size)
    let count = min(Self.strideByteCount, self.limit - self.end)
    guard count > 0 else { return }
    let descriptor = open(self.path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let zeros = [UInt8](repeating: 0, count: count)
    let written = zeros.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, status.st_size) }
    fdatasync(descriptor)
    self.end += max(0, written)
  }
}
