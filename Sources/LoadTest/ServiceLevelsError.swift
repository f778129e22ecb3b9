/// Why a file of service levels makes no sense, and where.
public struct ServiceLevelsError: Error, Hashable, CustomStringConvertible {
  /// Counted from 1; `nil` where the whole file is meant.
  public let line: Int?
  public let message: String

  public var description: String { self.line.map { "line \($0): \(self.message)" } ?? self.message }
}
