import Glibc

/// A text file that is written line by line, in large pieces.
final class TextFile {
  /// A file could not be created or written.
  struct Failure: Error, CustomStringConvertible {
    let path: String
    let code: CInt
    var description: String { "cannot write \(self.path): \(String(cString: strerror(self.code)))" }
  }

  private let path: String
  private var file: UnsafeMutablePointer<FILE>?
  private var failure: CInt = 0

  /// - Throws: ``Failure`` when the file cannot be created.
  init(path: String) throws {
    guard let file = fopen(path, "we") else { throw Failure(path: path, code: errno) }
    self.path = path
    self.file = file
  }

  deinit {
    if let file = self.file { fclose(file) }
  }

  func write(_ text: String) {
    guard let file = self.file, fputs(text, file) < 0 else { return }
    self.failure = errno
  }

  /// - Throws: ``Failure`` when anything could not be written, such as to a full disk.
  func close() throws {
    guard let file = self.file.take() else { return }
    if fclose(file) != 0, self.failure == 0 { self.failure = errno }
    guard self.failure == 0 else { throw Failure(path: self.path, code: self.failure) }
  }
}
