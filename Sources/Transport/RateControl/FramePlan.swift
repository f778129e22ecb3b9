public import MediaUnits

/// What a host is to do about the picture that it is about to capture.
public enum FramePlan: Hashable, Sendable {
  /// Encode it.
  ///
  /// - Parameters:
  ///   - byteBudget: what its packets may take of the path, key frame or not.
  ///   - bitrate: what the encoder should be set to: what of the budget is left without the packets' headers, at the
  ///     configured frame rate.
  case encode(byteBudget: Int, bitrate: Bitrate)
  /// Leave it out: the path could not take it in time. A newer one serves better from `until` on.
  case skip(until: Instant)
}
