import Glibc

/// Owns a file descriptor that is written to; standard output is borrowed and left open.
struct OutputDescriptor: ~Copyable {
  let descriptor: Int32
  private let isOwned: Bool

  /// - Parameter path: a file, created or emptied; `-` is standard output.
  init(path: String) throws(OutputError) {
    if path == "-" {
      self.descriptor = STDOUT_FILENO
      self.isOwned = false
      return
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw OutputError(operation: "open \(path)", code: errno) }
    self.descriptor = descriptor
    self.isOwned = true
  }

  deinit {
    if self.isOwned { close(self.descriptor) }
  }

  /// Writes all of `bytes`, however often the kernel takes only a part; `false` if it refuses.
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
        if count > 0 {
          offset += count
        } else if count < 0, errno == EAGAIN {
          var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = Glibc.poll(&poll, 1, 1000)
        } else if count == 0 || errno != EINTR {
          return false
        }
      }
      return true
    }
  }

  /// Makes a write to a pipe without a reader fail with EPIPE instead of ending the process, unless the process has
  /// already said what it wants.
  static func ignoreBrokenPipes() {
    var current = sigaction()
    guard sigaction(SIGPIPE, nil, &current) == 0 else { return }
    if current.__sigaction_handler.sa_handler == nil { signal(SIGPIPE, SIG_IGN) }
  }
}

/// A file, pipe or terminal that could not be written.
public struct OutputError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was being done, and to what.
  public let operation: String
  /// The `errno` value.
  public let code: Int32

  public var description: String {
    "\(self.operation): \(String(cString: strerror(self.code)))"
  }
}
