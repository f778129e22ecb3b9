import MediaUnits
import Octets
import RTP
import SessionProtocol

extension Parser {
  /// What host and player read of each other while a game is played.
  static func media(vectors: (String) -> [[UInt8]]) -> [Parser] {
    let rtcp = [
      "compound", "nack", "sender-report", "receiver-report", "source-description", "goodbye", "application",
      "keyframe-requests", "congestion-feedback",
    ]
    return VideoCodec.allCases.flatMap { Self.video($0, vectors: vectors) } + [
      Parser(name: "rtp", valid: vectors("rtp-header") + vectors("rtp-extensions"), longest: 1500, parse: Self.rtp),
      Parser(name: "rtcp", valid: rtcp.flatMap { vectors("rtcp-\($0)") }, longest: 1500, parse: Self.rtcp),
      Parser(name: "input", valid: vectors("input-packet"), longest: 1200, parse: Self.input),
      Parser(name: "parity", valid: vectors("rtp-parity"), longest: 1200, parse: Self.parity),
      Parser(name: "recovery-point", valid: vectors("rtp-recovery-point"), longest: 300) { bytes in
        guard let point = RecoveryPoint(accessUnit: bytes.octets, codec: .h264) else { return false }
        precondition(0...0xFFFF ~= point.frameCount, "a player can wait for so many frames")
        return true
      },
      Parser(name: "redundant-audio", valid: vectors("rtp-redundant-audio"), longest: 1200, parse: Self.redundantAudio),
      Parser(name: "input-acknowledgement", valid: vectors("input-acknowledgement"), longest: 100) { bytes in
        InputAcknowledgement(parsing: bytes.octets) != nil
      },
      Parser(name: "terms-wish", valid: vectors("terms-wish"), longest: 100) { bytes in
        guard let wish = try? TermsWish(parsing: bytes.octets) else { return false }
        precondition((try? TermsWish(parsing: wish.serialized.octets)) == wish, "what was read can be written")
        return true
      },
      Parser(name: "terms-notice", valid: vectors("terms-notice"), longest: 100) { bytes in
        guard let notice = try? TermsNotice(parsing: bytes.octets) else { return false }
        precondition((try? TermsNotice(parsing: notice.serialized.octets)) == notice, "what was read can be written")
        return true
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

  private static func parity(_ bytes: [UInt8]) -> Bool {
    guard let payload = ParityPayload(parsing: bytes.octets, payload: 0..<bytes.count) else { return false }
    let symbolCount = payload.sourceCount + Int(payload.parityCount)
    precondition(payload.sourceCount > 0 && symbolCount <= ParityPayload.maximumSymbolCount, "a block is bounded")
    precondition(!payload.symbol.isEmpty && payload.symbol.upperBound == bytes.count, "the symbol is the rest")
    var written = [UInt8](repeating: 0, count: ParityPayload.headerByteCount)
    var span = written.mutableSpan
    var mutable = span.mutableBytes
    payload.serialize(into: &mutable, at: 0)
    precondition(bytes.starts(with: written), "what is read is what was written")
    return true
  }

  private static func redundantAudio(_ bytes: [UInt8]) -> Bool {
    guard let payload = RedundantAudioPayload(parsing: bytes.octets, payload: 0..<bytes.count) else { return false }
    let copies = [payload.beforePrevious, payload.previous].compactMap { $0 }
    let ranges = copies.map(\.range) + [payload.newest]
    precondition(ranges.last?.upperBound == bytes.count, "the new packet ends where the payload does")
    for (range, following) in zip(ranges, ranges.dropFirst()) {
      precondition(range.upperBound == following.lowerBound, "one follows the other")
    }
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
        case .congestionFeedback(let feedback):
          var told = 0
          feedback.forEachStream(in: bytes.octets) { stream in
            feedback.forEachPacket(of: stream, in: bytes.octets) { _, _ in told += 1 }
          }
          precondition(2 * told <= bytes.count, "two bytes tell of a packet")
        default: break
        }
      }
      return true
    } catch {
      return false
    }
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
