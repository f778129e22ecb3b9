/// A setting of a link that is not understood.
public struct LinkSettingError: Error, Hashable, Sendable, CustomStringConvertible {
  public var name: String
  public var value: String
  /// What would have been understood.
  public var expected: String

  public var description: String { "\(self.name) ‘\(self.value)’ is not understood; it should be \(self.expected)" }
}
