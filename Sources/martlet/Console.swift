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
