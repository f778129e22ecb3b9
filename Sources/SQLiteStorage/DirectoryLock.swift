internal import Glibc
internal import Storage

/// Keeps a second indexer away from the same file, until it is let go or the process ends.
struct DirectoryLock: ~Copyable {
  private let descriptor: Int32

  init(path: String) throws(StorageError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .unusable("cannot open \(path): \(String(cString: strerror(errno))); give a directory that can be written")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .unusable("another indexer uses \(path); stop it, or give each its own directory, or use --database")
    }
    self.descriptor = descriptor
  }

  deinit { close(self.descriptor) }
}
