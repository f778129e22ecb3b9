/// What a host's goodbye means for a player that could go on elsewhere.
///
/// - Spec: Protocol/feedback.md §5.
enum HostFarewell {
  /// Whether the game is over, so that there is nothing to go on with. Any other reason is the host's own.
  static func endsGame(_ reason: String?) -> Bool {
    reason?.hasPrefix("the game ended") ?? false
  }
}
