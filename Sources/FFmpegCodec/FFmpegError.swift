internal import CFFmpeg

/// A libav* call that failed: which one, what it returned, and what the library said about it.
///
/// "Try again" and "end of stream" are answers where they are expected, and do not reach this type.
///
/// - Source: libavutil/error.h.
public struct FFmpegError: Error, Hashable, Sendable {
  /// A negative `AVERROR` value.
  public let code: Int32
  /// The C function that returned it, or what was being done.
  public let operation: String
  /// One line more where the code alone does not tell.
  public let detail: String?

  init(code: Int32, operation: String, detail: String?) {
    self.code = code
    self.operation = operation
    self.detail = detail
  }

  init(code: CInt, operation: StaticString, detail: String? = nil) {
    self.code = code
    self.operation = "\(operation)"
    self.detail = detail
  }

  /// What the library calls this code.
  public var text: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      // Fills in a generic text for codes that it does not know, so its result adds nothing.
      _ = av_strerror(self.code, buffer.baseAddress, buffer.count)
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }

  /// Throws if `result`, as returned by `operation`, is an error.
  static func check(_ operation: StaticString, _ result: CInt) throws(FFmpegError) {
    guard result >= 0 else { throw FFmpegError(code: result, operation: operation) }
  }
}

extension FFmpegError: CustomStringConvertible {
  public var description: String {
    "\(self.operation): \(self.detail ?? self.text)"
  }
}
