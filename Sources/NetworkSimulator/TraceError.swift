/// Why a trace's text is not understood.
public struct TraceError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    /// The text is longer than ``RateTrace/maximumByteCount``.
    case tooLong(byteCount: Int)
    /// The text holds no step.
    case empty
    /// There is something else where this should be.
    case expected(String)
    /// Times do not rise, or a step would be shorter than ``RateTrace/shortestStep``.
    case timeDoesNotRise
    /// The trace lasts longer than ``RateTrace/longestTrace``.
    case lastsTooLong
    /// No step lets anything through.
    case carriesNothing
  }

  /// Counts from 1.
  public var line: Int
  public var reason: Reason

  public init(line: Int, reason: Reason) {
    self.line = line
    self.reason = reason
  }

  public var description: String {
    switch self.reason {
    case .tooLong(let byteCount): "the trace has \(byteCount) bytes, and 64 MiB is the most"
    case .empty: "the trace is empty"
    case .expected(let what): "line \(self.line): expected \(what)"
    case .timeDoesNotRise: "line \(self.line): each line's time is to be at least 1 ms after the one above"
    case .lastsTooLong: "line \(self.line): a trace lasts a week at most"
    case .carriesNothing: "the trace never lets anything through"
    }
  }
}
