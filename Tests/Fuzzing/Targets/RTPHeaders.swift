// Modules: MediaUnits Octets RTP
// Corpus: rtp-header rtp-extensions
import RTP

/// RTP headers, their extension elements and retransmissions.
func fuzz(_ input: RawSpan) {
  guard let header = try? RTPHeader(parsing: input) else { return }
  precondition(header.extensions.upperBound <= header.payload.lowerBound)
  precondition(header.payload.upperBound <= input.byteCount)
  _ = FrameDescriptor(parsing: input, extensions: header.extensions)
  _ = FrameTimes(parsing: input, extensions: header.extensions)
  _ = AbsoluteCaptureTime(parsing: input, extensions: header.extensions)
  _ = RetransmissionPayload(parsing: input, payload: header.payload)
}
