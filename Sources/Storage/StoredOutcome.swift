/// An outcome as two integers, as databases keep it; the numbers never change their meaning.
public struct StoredOutcome: Hashable, Sendable {
  public var kind: Int64
  public var value: Int64

  public init(kind: Int64, value: Int64) {
    self.kind = kind
    self.value = value
  }

  public init(_ outcome: Outcome) {
    switch outcome {
    case .done: self.init(kind: 0, value: 0)
    case .home(let epoch): self.init(kind: 1, value: Int64(epoch))
    case .reserved: self.init(kind: 2, value: 0)
    case .expired(let count): self.init(kind: 3, value: Int64(count))
    case .refused(let refusal): self.init(kind: 4, value: Self.number(of: refusal))
    }
  }

  /// `nil` if a later version wrote it.
  public var outcome: Outcome? {
    switch self.kind {
    case 0: .done
    case 1: .home(epoch: Int(self.value))
    case 2: .reserved
    case 3: .expired(Int(self.value))
    case 4: Outcome.Refusal.allCases.first { Self.number(of: $0) == self.value }.map(Outcome.refused)
    default: nil
    }
  }

  private static func number(of refusal: Outcome.Refusal) -> Int64 {
    switch refusal {
    case .unknownHost: 0
    case .notOnStandby: 1
    case .full: 2
    case .playerLimit: 3
    case .sessionExists: 4
    case .unknownSession: 5
    case .otherHost: 6
    case .staleEpoch: 7
    }
  }
}
