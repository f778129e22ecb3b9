internal import RTP

/// Knows which pictures are whole while a stream is drawn anew part by part.
///
/// ```
///           a frame with a recovery point, after a loss         as many frames later
///   whole ─────────────────────────────────────────────▶ under way ────────────────▶ whole
///     ▲                                                     │  ▲ a loss: begins again │
///     └───────────────────── key frame ─────────────────────┘  └─────────────────────┘
/// ```
///
/// - Spec: Protocol/media.md §5.2.
struct RefreshProgress: Hashable, Sendable {
  /// Index of the first frame whose picture is whole; `nil` while all are.
  private var wholeFrom: Int64?
  /// How often a picture became whole again that way.
  private(set) var completedCount = 0

  /// Whether frames are decoded whose pictures are not whole.
  var isUnderWay: Bool { self.wholeFrom != nil }

  /// The next frame is handed on.
  ///
  /// - Parameters:
  ///   - index: of the frame.
  ///   - point: the recovery point that it has.
  ///   - isRestart: whether frames before it are missing.
  mutating func delivered(
    _ index: Int64,
    isKeyframe: Bool,
    point: RecoveryPoint?,
    isRestart: Bool
  ) -> ReceivedFrame.Refresh {
    guard !isKeyframe else {
      self.wholeFrom = nil
      return .none
    }
    if let point {
      let end = index + Int64(point.frameCount)
      if isRestart { self.wholeFrom = end } else { self.wholeFrom = self.wholeFrom.map { min($0, end) } }
    }
    guard let wholeFrom = self.wholeFrom else { return .none }
    guard index >= wholeFrom else { return .underWay }
    self.wholeFrom = nil
    self.completedCount += 1
    return .completed
  }

  /// A frame is lost for good: what was drawn anew so far counts for nothing.
  mutating func broken() {
    self.wholeFrom = nil
  }
}
