import Octets
import RTP

extension Parser {
  /// HEVC's payload format, both ways.
  static func hevc(vectors: (String) -> [[UInt8]]) -> [Parser] {
    let accessUnits = vectors("rtp-hevc")
    let divided = accessUnits.map { Self.hevcPayloads(of: $0, maximumByteCount: 12).flatMap(Self.measured) }
    let payloads = divided + vectors("rtp-hevc-payloads").map(Self.measured)
    return [
      Parser(name: "hevc", valid: payloads, longest: 1500, parse: Self.hevc),
      Parser(name: "hevc-access-unit", valid: accessUnits, longest: 1500, parse: Self.hevcAccessUnit),
    ]
  }

  /// The payloads of a frame, each with a byte in front that says how long it is.
  private static func hevc(_ bytes: [UInt8]) -> Bool {
    var depacketizer = HEVCDepacketizer()
    var accessUnit: [UInt8] = []
    var isAccepted = true
    var offset = 0
    while offset < bytes.count {
      let end = min(offset + 1 + Int(bytes[offset]), bytes.count)
      let before = accessUnit
      do {
        try depacketizer.append(payload: bytes.octets.extracting(offset + 1..<end), to: &accessUnit)
      } catch {
        precondition(accessUnit == before, "what is refused leaves nothing behind")
        isAccepted = false
      }
      offset = end
    }
    precondition(accessUnit.count <= 5 * bytes.count, "a byte becomes five at most")
    return isAccepted
  }

  /// An access unit, divided into payloads of any size and put together again.
  private static func hevcAccessUnit(_ bytes: [UInt8]) -> Bool {
    let maximum = 4 + bytes.count % 61
    var depacketizer = HEVCDepacketizer()
    var accessUnit: [UInt8] = []
    let payloads = Self.hevcPayloads(of: bytes, maximumByteCount: maximum)
    for payload in payloads {
      precondition(payload.count <= maximum, "a payload keeps to the maximum")
      do {
        try depacketizer.append(payload: payload.octets, to: &accessUnit)
      } catch .forbiddenBit {
        return false  // the access unit itself has it
      } catch {
        preconditionFailure("refused what was packetized: \(error)")
      }
    }
    precondition(depacketizer.isComplete, "what was divided is put together")
    let count = HEVCPacketizer.packetCount(accessUnit: bytes.octets, maximumPayloadByteCount: maximum)
    precondition(payloads.count == count, "as many payloads as were announced")
    return true
  }

  private static func hevcPayloads(of accessUnit: [UInt8], maximumByteCount: Int) -> [[UInt8]] {
    var packetizer = HEVCPacketizer(accessUnit: accessUnit.octets, maximumPayloadByteCount: maximumByteCount)
    var payloads: [[UInt8]] = []
    while let fragment = packetizer.next(in: accessUnit.octets) {
      var payload = [UInt8](repeating: 0, count: fragment.payloadByteCount)
      var span = payload.mutableSpan
      var bytes = span.mutableBytes
      fragment.write(from: accessUnit.octets, into: &bytes, at: 0)
      payloads.append(payload)
    }
    return payloads
  }

  private static func measured(_ payload: [UInt8]) -> [UInt8] {
    [UInt8(clamping: payload.count)] + payload
  }
}
