/// No encoder that was asked for works on this machine.
public struct EncoderUnavailable: Error, Hashable, Sendable {
  /// What was tried, and why it did not do; at least one.
  public let refusals: [EncoderSelection.Refusal]
}

extension EncoderUnavailable: CustomStringConvertible {
  public var description: String {
    "no usable encoder: " + self.refusals.map(\.description).joined(separator: "; ")
  }
}
