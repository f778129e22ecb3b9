internal import COpus

/// A libopus call that failed: which one, and what it returned.
///
/// - Source: opus_defines.h, "Error codes".
public struct OpusError: Error, Hashable, Sendable {
  /// A negative `OPUS_*` value.
  public let code: Int32
  /// The C function that returned it.
  public let operation: String

  init(code: CInt, operation: StaticString) {
    self.code = code
    self.operation = "\(operation)"
  }

  /// What the library calls this code.
  public var text: String {
    String(cString: opus_strerror(self.code))
  }

  static func check(_ operation: StaticString, _ result: CInt) throws(OpusError) {
    guard result >= 0 else { throw OpusError(code: result, operation: operation) }
  }
}

extension OpusError: CustomStringConvertible {
  public var description: String { "\(self.operation): \(self.text)" }
}
