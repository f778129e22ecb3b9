import CPulse

/// Why a sound server could not be used.
public enum PulseError: Error, Hashable, Sendable {
  /// A call failed with one of libpulse's codes.
  case failed(operation: String, code: Int32)
}

extension PulseError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .failed(let operation, let code):
      "PulseAudio could not \(operation): \(String(cString: pa_strerror(code)))"
    }
  }
}
