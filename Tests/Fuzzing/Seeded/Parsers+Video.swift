import MediaUnits
import Octets
import RTP

extension Parser {
  /// A codec's payload format, both ways.
  static func video(_ codec: VideoCodec, vectors: (String) -> [[UInt8]]) -> [Parser] {
    let name =
      switch codec {
      case .h264: "h264"
      case .hevc: "hevc"
      }
    let accessUnits = vectors("rtp-\(name)")
    let divided = accessUnits.map { accessUnit in
      Self.payloads(of: accessUnit, codec: codec, maximumByteCount: 12).flatMap(Self.measured)
    }
    let payloads = divided + vectors("rtp-\(name)-payloads").map(Self.measured)
    return [
      Parser(name: name, valid: payloads, longest: 1500) { Self.reassemble($0, codec: codec) },
      Parser(name: "\(name)-access-unit", valid: accessUnits, longest: 1500) { Self.divide($0, codec: codec) },
    ]
  }

  /// The payloads of a frame, each with a byte in front that says how long it is.
  private static func reassemble(_ bytes: [UInt8], codec: VideoCodec) -> Bool {
    var depacketizer = NALUnitDepacketizer(codec: codec)
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
  private static func divide(_ bytes: [UInt8], codec: VideoCodec) -> Bool {
    let maximum = 4 + bytes.count % 61
    var depacketizer = NALUnitDepacketizer(codec: codec)
    var accessUnit: [UInt8] = []
    let payloads = Self.payloads(of: bytes, codec: codec, maximumByteCount: maximum)
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
    let count = NALUnitPacketizer.packetCount(
      accessUnit: bytes.octets,
      codec: codec,
      maximumPayloadByteCount: maximum
    )
    precondition(payloads.count == count, "as many payloads as were announced")
    return true
  }

  private static func payloads(of accessUnit: [UInt8], codec: VideoCodec, maximumByteCount: Int) -> [[UInt8]] {
    var packetizer = NALUnitPacketizer(
      accessUnit: accessUnit.octets,
      codec: codec,
      maximumPayloadByteCount: maximumByteCount
    )
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
