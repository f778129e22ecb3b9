internal import CFFmpeg
internal import Glibc
internal import Synchronization

/// What libav* would print on standard error: dropped, except while somebody collects it.
///
/// The reason why an encoder does not open is often in its log alone; its code is then no more than "Operation not
/// permitted".
enum FFmpegLog {
  /// Takes over the library's log for the whole process. Every initialiser of this module reads it once.
  static let redirected: Void = av_log_set_callback { source, level, format, arguments in
    guard level <= AV_LOG_ERROR, let arguments, FFmpegLog.collectorCount.load(ordering: .relaxed) > 0 else { return }
    FFmpegLog.record(source, level, format, arguments)
  }

  private static let collectorCount = Atomic<Int>(0)
  /// Lines by the thread that collects them: sessions open and decode at the same time.
  private static let lines = Mutex<[pthread_t: [String]]>([:])

  /// Runs `body`; if it throws, adds what the library complained of on this thread meanwhile.
  ///
  /// Not to be nested.
  static func explaining<Value: ~Copyable>(
    _ body: () throws(FFmpegError) -> Value
  ) throws(FFmpegError) -> Value {
    self.redirected
    let thread = pthread_self()
    self.lines.withLock { $0[thread] = [] }
    self.collectorCount.add(1, ordering: .relaxed)
    defer {
      self.collectorCount.subtract(1, ordering: .relaxed)
      self.lines.withLock { $0[thread] = nil }
    }
    do throws(FFmpegError) {
      return try body()
    } catch {
      let said = self.lines.withLock { $0[thread] ?? [] }
      guard !said.isEmpty else { throw error }
      let detail = ([error.detail].compactMap(\.self) + said).joined(separator: "; ")
      throw FFmpegError(code: error.code, operation: error.operation, detail: detail)
    }
  }

  private static func record(
    _ source: UnsafeMutableRawPointer?,
    _ level: CInt,
    _ format: UnsafePointer<CChar>?,
    _ arguments: CVaListPointer
  ) {
    let thread = pthread_self()
    self.lines.withLock { lines in
      // A few lines say it all; a library that repeats itself must not fill memory.
      guard let known = lines[thread], known.count < 4 else { return }
      let line = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
        var printPrefix: CInt = 0
        av_log_format_line2(source, level, format, arguments, buffer.baseAddress, CInt(buffer.count), &printPrefix)
        return buffer.baseAddress.map { String(cString: $0) } ?? ""
      }
      let trimmed = String(line.split(whereSeparator: \.isNewline).joined(separator: " "))
      if !trimmed.isEmpty, !known.contains(trimmed) { lines[thread] = known + [trimmed] }
    }
  }
}
