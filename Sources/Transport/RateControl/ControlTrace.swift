public import MediaUnits

/// Something that the host's transport decided or learned, with the figures that it went by.
///
/// Of fixed size and without references, so that it can be put into a ring without allocating. What is not known is
/// `nil`, and is then left out of a file.
///
/// - Spec: Protocol/trace.md.
public enum ControlTrace: Hashable, Sendable {
  /// Whether to take and encode a picture now, and how large it may become.
  case plan(Plan)
  /// A frame was handed to the pacer.
  case frame(Frame)
  /// The pacer let packets go.
  case release(Release)
  /// Feedback told what became of packets.
  case feedback(Feedback)
  /// The rate, or the frame rate, was set anew.
  case rate(Rate)
  /// Nothing comes back any more, or something does again.
  case outage(Outage)
  /// Something is done, or is not done any more, about what was lost.
  case repair(Repair)
  /// The running stream changes: its picture, frame rate or codec.
  case change(Change)

  /// What happened, and when.
  public struct Record: Hashable, Sendable {
    /// On the host's monotonic clock.
    public var at: Instant
    public var event: ControlTrace

    public init(at: Instant, _ event: ControlTrace) {
      self.at = at
      self.event = event
    }
  }
}
