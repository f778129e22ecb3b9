import MediaUnits
import RTP
import Testing

@Suite("RTCP vectors")
struct RTCPVectorTests {
  static let files = [
    "rtcp-sender-report", "rtcp-receiver-report", "rtcp-source-description", "rtcp-goodbye", "rtcp-application",
    "rtcp-nack", "rtcp-keyframe-requests", "rtcp-congestion-feedback", "rtcp-compound",
  ]

  struct Fields: Decodable, Sendable {
    var packets: [Packet]
    /// Whether our writers make exactly these bytes.
    var isCanonical: Bool
  }

  /// Every field that any of the packets has.
  struct Packet: Decodable, Hashable, Sendable {
    struct Report: Decodable, Hashable, Sendable {
      var ssrc: UInt32
      var fractionLost: UInt8
      var cumulativeLost: Int32
      var highestSequence: UInt32
      var jitter: UInt32
      var lastSR: UInt32
      var delaySinceLastSR: UInt32
    }
    struct Entry: Decodable, Hashable, Sendable {
      var ssrc: UInt32
      var commandSequence: UInt8
    }
    struct Stream: Decodable, Hashable, Sendable {
      var ssrc: UInt32
      var begin: UInt16
      /// `missing`, or the mark and the 1/1024 s before the timestamp, `-` if it does not tell them.
      var fates: [String]
    }
    var type: String
    var ssrc: UInt32?
    var ntp: String?
    var rtpTimestamp: UInt32?
    var packetCount: UInt32?
    var octetCount: UInt32?
    var reports: [Report]?
    var cname: String?
    var ssrcs: [UInt32]?
    var reason: String?
    var name: UInt32?
    var subtype: UInt8?
    var data: String?
    var senderSSRC: UInt32?
    var mediaSSRC: UInt32?
    var sequenceNumbers: [UInt16]?
    var entries: [Entry]?
    var timestamp: UInt32?
    var streams: [Stream]?
    var packetType: UInt8?
  }

  @Test("are read, and written back", arguments: Self.files.flatMap { Vector<Fields>.valid($0) })
  func reads(vector: Vector<Fields>) throws {
    let fields = try #require(vector.fields)
    let bytes = vector.bytes
    var reader = RTCPReader(bytes.span.bytes)
    var packets: [Packet] = []
    var written: [UInt8] = []
    while let packet = try reader.next(in: bytes.span.bytes) {
      packets.append(Packet(packet, in: bytes))
      packet.write(to: &written, from: bytes)
      try #require(packets.count <= 2 * RTCPReader.maximumPacketCount)
    }
    #expect(packets == fields.packets)
    if fields.isCanonical { #expect(written.hex == vector.hex) }
  }

  @Test("are refused where malformed", arguments: Self.files.flatMap { Vector<Fields>.invalid($0) })
  func refuses(vector: Vector<Fields>) {
    let bytes = vector.bytes
    do {
      var reader = RTCPReader(bytes.span.bytes)
      for _ in 0...2 * RTCPReader.maximumPacketCount {
        guard try reader.next(in: bytes.span.bytes) != nil else { break }
      }
      Issue.record("accepted")
    } catch {
      #expect(caseName(error) == vector.error)
    }
  }
}

extension RTCPPacket {
  /// Writes the packet again.
  fileprivate func write(to written: inout [UInt8], from bytes: [UInt8]) {
    switch self {
    case .senderReport(let packet): packet.serialize(into: &written)
    case .receiverReport(let packet): packet.serialize(into: &written)
    case .sourceDescription(let packet): packet.serialize(into: &written)
    case .goodbye(let packet): packet.serialize(into: &written)
    case .application(let packet): packet.serialize(data: Array(bytes[packet.data]), into: &written)
    case .genericNACK(let packet):
      // Through the builder, so that it is checked too.
      GenericNACK(senderSSRC: packet.senderSSRC, mediaSSRC: packet.mediaSSRC, missing: packet.sequenceNumbers())
        .serialize(into: &written)
    case .pictureLossIndication(let packet): packet.serialize(into: &written)
    case .fullIntraRequest(let packet): packet.serialize(into: &written)
    case .congestionFeedback(let packet):
      let writer = CongestionFeedbackWriter(senderSSRC: packet.senderSSRC, into: &written)
      packet.forEachStream(in: bytes.span.bytes) { stream in
        var fates: [CongestionFeedback.Fate] = []
        packet.forEachPacket(of: stream, in: bytes.span.bytes) { _, fate in fates.append(fate) }
        writer.append(stream.ssrc, begin: stream.begin, packetCount: fates.count, into: &written) { fates[$0] }
      }
      writer.finish(timestamp: packet.timestamp, into: &written)
    case .unknown: break
    }
  }
}

extension RTCPVectorTests.Packet {
  private init(type: String) {
    self.type = type
  }

  fileprivate init(_ packet: RTCPPacket, in bytes: [UInt8]) {
    switch packet {
    case .senderReport(let report):
      self.init(type: "senderReport")
      self.ssrc = report.ssrc.rawValue
      let ntp = String(report.ntp.rawValue, radix: 16)
      self.ntp = String(repeating: "0", count: 16 - ntp.count) + ntp
      self.rtpTimestamp = report.rtpTimestamp.rawValue
      self.packetCount = report.packetCount
      self.octetCount = report.octetCount
      self.reports = report.reports.map(Report.init)
    case .receiverReport(let report):
      self.init(type: "receiverReport")
      self.ssrc = report.ssrc.rawValue
      self.reports = report.reports.map(Report.init)
    case .sourceDescription(let description):
      self.init(type: "sourceDescription")
      self.ssrc = description.ssrc.rawValue
      self.cname = description.cname
    case .goodbye(let goodbye):
      self.init(type: "goodbye")
      self.ssrcs = goodbye.ssrcs.map(\.rawValue)
      self.reason = goodbye.reason
    case .application(let application):
      self.init(type: "application")
      self.ssrc = application.ssrc.rawValue
      self.name = application.name
      self.subtype = application.subtype
      self.data = Array(bytes[application.data]).hex
    case .genericNACK(let nack):
      self.init(type: "genericNACK")
      self.senderSSRC = nack.senderSSRC.rawValue
      self.mediaSSRC = nack.mediaSSRC.rawValue
      self.sequenceNumbers = nack.sequenceNumbers().map(\.rawValue)
    case .pictureLossIndication(let indication):
      self.init(type: "pictureLossIndication")
      self.senderSSRC = indication.senderSSRC.rawValue
      self.mediaSSRC = indication.mediaSSRC.rawValue
    case .congestionFeedback(let feedback):
      self.init(type: "congestionFeedback")
      self.senderSSRC = feedback.senderSSRC.rawValue
      self.timestamp = feedback.timestamp
      var streams: [Stream] = []
      feedback.forEachStream(in: bytes.span.bytes) { stream in
        var fates: [String] = []
        feedback.forEachPacket(of: stream, in: bytes.span.bytes) { number, fate in
          #expect(number == stream.begin.advanced(by: fates.count))
          switch fate {
          case .missing: fates.append("missing")
          case .arrived(let ecn, let units): fates.append("\(ecn.rawValue) \(units.map(String.init) ?? "-")")
          }
        }
        streams.append(Stream(ssrc: stream.ssrc.rawValue, begin: stream.begin.rawValue, fates: fates))
      }
      self.streams = streams
    case .fullIntraRequest(let request):
      self.init(type: "fullIntraRequest")
      self.senderSSRC = request.senderSSRC.rawValue
      self.entries = request.entries.map { Entry(ssrc: $0.ssrc.rawValue, commandSequence: $0.commandSequence) }
    case .unknown(let type):
      self.init(type: "unknown")
      self.packetType = type
    }
  }
}

extension RTCPVectorTests.Packet.Report {
  fileprivate init(_ block: ReportBlock) {
    self.ssrc = block.ssrc.rawValue
    self.fractionLost = block.fractionLost
    self.cumulativeLost = block.cumulativeLost
    self.highestSequence = block.highestSequence
    self.jitter = block.jitter
    self.lastSR = block.lastSR
    self.delaySinceLastSR = block.delaySinceLastSR
  }
}
