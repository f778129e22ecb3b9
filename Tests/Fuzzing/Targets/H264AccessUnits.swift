// Modules: MediaUnits Octets RTP
// Corpus: rtp-h264
import RTP

/// An access unit, divided into payloads of any size and put together again.
func fuzz(_ input: RawSpan) {
  let maximum = 3 + input.byteCount % 61
  var packetizer = H264Packetizer(accessUnit: input, maximumPayloadByteCount: maximum)
  var depacketizer = H264Depacketizer()
  var accessUnit: [UInt8] = []
  var count = 0
  while let fragment = packetizer.next(in: input) {
    precondition(fragment.payloadByteCount <= maximum)
    var payload = [UInt8](repeating: 0, count: fragment.payloadByteCount)
    var span = payload.mutableSpan
    var bytes = span.mutableBytes
    fragment.write(from: input, into: &bytes, at: 0)
    count += 1
    do {
      try depacketizer.append(payload: payload.span.bytes, to: &accessUnit)
    } catch .forbiddenBit {
      return  // the access unit itself has it
    } catch {
      preconditionFailure("refused what was packetized: \(error)")
    }
  }
  precondition(depacketizer.isComplete)
  precondition(count == H264Packetizer.packetCount(accessUnit: input, maximumPayloadByteCount: maximum))
}
