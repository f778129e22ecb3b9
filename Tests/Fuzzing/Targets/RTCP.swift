// Modules: MediaUnits Octets RTP
// Corpus: rtcp-sender-report rtcp-receiver-report rtcp-source-description rtcp-goodbye rtcp-application rtcp-nack rtcp-keyframe-requests rtcp-compound
import RTP

/// RTCP datagrams.
func fuzz(_ input: RawSpan) {
  var reader = RTCPReader(input)
  var count = 0
  while let packet = try? reader.next(in: input) {
    count += 1
    precondition(count <= RTCPReader.maximumPacketCount * 31)
    switch packet {
    case .application(let application): precondition(application.data.upperBound <= input.byteCount)
    case .genericNACK(let nack): precondition(nack.sequenceNumbers().count <= input.byteCount * 17 / 4)
    default: break
    }
  }
}
