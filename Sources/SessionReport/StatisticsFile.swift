import Glibc

/// Writes a session's course as JSON lines: one a frame, one an input event, one a second, one summary at the end.
///
/// Every line is an object with a `type` of `frame`, `input`, `second` or `summary`. Instants and durations are in
/// nanoseconds and say so in their keys; an instant of 0 is not known. Lines gather in memory and are written about once
/// a second or every 64 KiB, so a thread that records frames seldom waits for the disk.
public struct StatisticsFile: ~Copyable {
  /// A file that could not be opened or written.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    /// The `errno` value.
    public let code: Int32

    public var description: String { "write \(self.path): \(String(cString: strerror(self.code)))" }
  }

  private static let flushByteCount = 65_536

  private let path: String
  private let descriptor: Int32
  private var text = JSONText()

  /// - Parameter path: created or emptied; `-` is standard output.
  public init(path: String) throws(Failure) {
    let descriptor = path == "-" ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    _ = Self.write(self.text.bytes, to: self.descriptor)
    close(self.descriptor)
  }

  /// Adds a line for `frame`.
  ///
  /// - Complexity: O(1); does not allocate once the memory has grown.
  public mutating func append(_ frame: FrameLedger) throws(Failure) {
    self.text.append(frame)
    self.text.newline()
    if self.text.bytes.count >= Self.flushByteCount { try self.flush() }
  }

  /// Adds a line for an input event, after the line of the first frame that was captured with it applied.
  ///
  /// - Parameters:
  ///   - inputSequence: its number in the session, from 1.
  ///   - sent: nanoseconds on the player's monotonic clock when it was first sent.
  ///   - frame: that frame's number.
  /// - Complexity: O(1); the line is written with what follows it.
  public mutating func append(inputSequence: Int64, sent: Int64, frame: Int64) {
    self.text.appendInput(sequence: inputSequence, sent: sent, frame: frame)
    self.text.newline()
  }

  /// Adds a line for `sample` and writes everything so far.
  public mutating func append(_ sample: SecondSample) throws(Failure) {
    self.text.append(sample, type: "second")
    self.text.newline()
    try self.flush()
  }

  /// Adds the last line.
  public mutating func append(_ summary: SessionSummary) throws(Failure) {
    self.text.append(summary, type: "summary")
    self.text.newline()
    try self.flush()
  }

  /// Writes what has gathered.
  public mutating func flush() throws(Failure) {
    let code = Self.write(self.text.bytes, to: self.descriptor)
    self.text.removeAll()
    guard code == 0 else { throw Failure(path: self.path, code: code) }
  }

  /// 0, or the `errno` value that ended it.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = Glibc.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
        if count > 0 { offset += count } else if count == 0 { return ENOSPC } else if errno != EINTR { return errno }
      }
      return 0
    }
  }
}
