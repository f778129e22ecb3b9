/// What one look at an indexer's surroundings found.
public struct DoctorFinding: Codable, Hashable, Sendable {
  public enum Verdict: String, Codable, Hashable, Sendable {
    case ok
    /// It works, and something should be better.
    case warn
    /// An indexer would not work, or not safely.
    case fail
  }

  /// `storage`, `clock`, `key`, `port`, `url` or `certificate`.
  public var check: String
  public var verdict: Verdict
  /// What was seen, in a sentence.
  public var finding: String
  /// What to do about it; `nil` when nothing needs doing.
  public var advice: String?

  init(_ check: String, _ verdict: Verdict, _ finding: String, advice: String? = nil) {
    self.check = check
    self.verdict = verdict
    self.finding = finding
    self.advice = advice
  }
}
