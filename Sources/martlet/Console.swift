import Glibc
import Logging

/// Standard output for results, standard error for everything said on the way.
enum Console {
  /// Writes one line to standard output, at once even into a pipe.
  static func print(_ line: String) {
    Self.write(line + "\n", to: STDOUT_FILENO)
  }

  /// Writes one line to standard error.
  static func error(_ line: String) {
    Self.write(line + "\n", to: STDERR_FILENO)
  }

  /// Writes `text` as it is to standard error.
  static func errorText(_ text: String) {
    Self.write(text, to: STDERR_FILENO)
  }

  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns of the terminal on standard error; 80 where it is none.
  static var errorColumns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// A logger for the whole process, to standard error.
  static func logger(isVerbose: Bool) -> Logger {
    LoggingSystem.bootstrap { label in StreamLogHandler.standardError(label: label) }
    var logger = Logger(label: "martlet")
    logger.logLevel = isVerbose ? .debug : .info
    return logger
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
