/// Why a protected packet is not accepted. The packet is dropped and counted; nothing else is affected.
public enum SRTPError: Error, Hashable, Sendable {
  /// Shorter than its own headers and tag.
  case truncated
  /// Not made with our key, changed on the way, or an SRTCP packet that claims to be unencrypted.
  case authenticationFailed
  /// Accepted before.
  case replayed
  /// Too far behind the newest packet to tell whether it was accepted before.
  case tooOld
  /// Authentic, but the peer uses more streams than any session has.
  case tooManyStreams
}
