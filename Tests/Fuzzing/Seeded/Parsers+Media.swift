import Octets
import RTP
import SessionProtocol

extension Parser {
  /// What host and player read of each other while a game is played.
  static func media(vectors: (String) -> [[UInt8]]) -> [Parser] {
    let accessUnits = vectors("rtp-h264")
    let payloads = accessUnits.map(Self.dividedAccessUnit) + vectors("rtp-h264-payloads").map(Self.prefixed)
    let rtcp = [
      "compound", "nack", "sender-report", "receiver-report", "source-description", "goodbye", "application",
      "keyframe-requests",
    ]
    return Self.hevc(vectors: vectors) + [
      Parser(name: "rtp", valid: vectors("rtp-header") + vectors("rtp-extensions"), longest: 1500, parse: Self.rtp),
      Parser(name: "rtcp", valid: rtcp.flatMap { vectors("rtcp-\($0)") }, longest: 1500, parse: Self.rtcp),
      Parser(name: "h264", valid: payloads, longest: 1500, parse: Self.h264),
      Parser(name: "h264-access-unit", valid: accessUnits, longest: 1500, parse: Self.accessUnit),
      Parser(name: "input", valid: vectors("input-packet"), longest: 1200, parse: Self.input),
      Parser(name: "input-acknowledgement", valid: vectors("input-acknowledgement"), longest: 100) { bytes in
        InputAcknowledgement(parsing: bytes.octets) != nil
      },
    ]
  }

  private static func rtp(_ bytes: [UInt8]) -> Bool {
    guard let header = try? RTPHeader(parsing: bytes.octets) else { return false }
    precondition(header.extensions.upperBound <= header.payload.lowerBound, "extensions come before the payload")
    precondition(header.payload.upperBound <= bytes.count, "the payload is in the datagram")
    _ = FrameDescriptor(parsing: bytes.octets, extensions: header.extensions)
    _ = FrameTimes(parsing: bytes.octets, extensions: header.extensions)
    _ = SkippedPictures(parsing: bytes.octets, extensions: header.extensions)
    _ = AbsoluteCaptureTime(parsing: bytes.octets, extensions: header.extensions)
    _ = RetransmissionPayload(parsing: bytes.octets, payload: header.payload)
    return true
  }

  private static func rtcp(_ bytes: [UInt8]) -> Bool {
    var reader = RTCPReader(bytes.octets)
    var count = 0
    do {
      while let packet = try reader.next(in: bytes.octets) {
        count += 1
        precondition(count <= RTCPReader.maximumPacketCount * 31, "a datagram holds so many packets at most")
        switch packet {
        case .application(let application):
          precondition(application.data.upperBound <= bytes.count, "the data is in the datagram")
        case .genericNACK(let nack):
          precondition(nack.sequenceNumbers().count <= bytes.count * 17 / 4, "four bytes name 17 packets at most")
        default: break
        }
      }
      return true
    } catch {
      return false
    }
  }

  /// The payloads of a frame, each with a byte in front that says how long it is.
  private static func h264(_ bytes: [UInt8]) -> Bool {
    var depacketizer = H264Depacketizer()
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
  private static func accessUnit(_ bytes: [UInt8]) -> Bool {
    let maximum = 3 + bytes.count % 61
    var depacketizer = H264Depacketizer()
    var accessUnit: [UInt8] = []
    let payloads = Self.payloads(of: bytes, maximumByteCount: maximum)
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
    let count = H264Packetizer.packetCount(accessUnit: bytes.octets, maximumPayloadByteCount: maximum)
    precondition(payloads.count == count, "as many payloads as were announced")
    return true
  }

  private static func payloads(of accessUnit: [UInt8], maximumByteCount: Int) -> [[UInt8]] {
    var packetizer = H264Packetizer(accessUnit: accessUnit.octets, maximumPayloadByteCount: maximumByteCount)
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

  private static func dividedAccessUnit(_ accessUnit: [UInt8]) -> [UInt8] {
    Self.payloads(of: accessUnit, maximumByteCount: 12).flatMap(Self.prefixed)
  }

  private static func prefixed(_ payload: [UInt8]) -> [UInt8] {
    [UInt8(clamping: payload.count)] + payload
  }

  private static func input(_ bytes: [UInt8]) -> Bool {
    do {
      var reader = try InputPacket.Reader(parsing: bytes.octets)
      var count = 0
      while try reader.next(in: bytes.octets) != nil {
        count += 1
        precondition(count <= InputPacket.maximumEventCount, "a packet holds so many events at most")
      }
      return true
    } catch {
      return false
    }
  }
}
