// Modules: MediaUnits Octets RTP
// Corpus: rtp-h264-payloads
import RTP

/// The payloads of one frame, each with a byte in front that says how long it is.
func fuzz(_ input: RawSpan) {
  var depacketizer = H264Depacketizer()
  var accessUnit: [UInt8] = []
  var offset = 0
  while offset < input.byteCount {
    let byteCount = Int(input.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
    let end = min(offset + 1 + byteCount, input.byteCount)
    let before = accessUnit
    do {
      try depacketizer.append(payload: input.extracting(offset + 1..<end), to: &accessUnit)
    } catch {
      precondition(accessUnit == before)
    }
    offset = end
  }
  precondition(accessUnit.count <= 5 * input.byteCount)
}
