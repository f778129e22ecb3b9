internal import Glibc

/// Owns one file descriptor and closes it.
struct FileDescriptor: ~Copyable {
  let rawValue: Int32

  init(_ rawValue: Int32) {
    self.rawValue = rawValue
  }

  deinit {
    close(self.rawValue)
  }
}
