import MediaUnits
import Octets
import RTP
import Testing

/// Feeds the parsers of this module with rubbish and with vectors that were damaged. They may refuse; they may not
/// trap, and what they return must lie within what they were given.
@Suite("RTP parsers against hostile bytes")
struct ParserFuzzTests {
  private static let inputsPerSeed = 25_000

  @Test("headers and extension elements", arguments: 1...10 as ClosedRange<UInt64>)
  func headers(seed: UInt64) {
    var inputs = HostileInputs(seed: seed, templates: Self.templates(["rtp-header"]))
    var accepted = 0
    for _ in 0..<Self.inputsPerSeed {
      let bytes = inputs.next()
      let span = bytes.span.bytes
      guard let header = try? RTPHeader(parsing: span) else { continue }
      accepted += 1
      guard header.extensions.upperBound <= header.payload.lowerBound, header.payload.upperBound <= bytes.count,
        header.extensions.lowerBound >= 12
      else {
        Issue.record("\(bytes.hex): ranges of \(header)")
        return
      }
      if let descriptor = FrameDescriptor(parsing: span, extensions: header.extensions) {
        precondition(descriptor.packetIndex < descriptor.packetCount)
      }
      _ = FrameTimes(parsing: span, extensions: header.extensions)
      _ = SkippedPictures(parsing: span, extensions: header.extensions)
      _ = AbsoluteCaptureTime(parsing: span, extensions: header.extensions)
      _ = RetransmissionPayload(parsing: span, payload: header.payload)
    }
    #expect(accepted > Self.inputsPerSeed / 50, "the inputs must get past the first checks")
  }

  @Test("extension elements alone", arguments: 1...10 as ClosedRange<UInt64>)
  func elements(seed: UInt64) {
    let templates = Self.templates(["rtp-extensions"]).map { Array($0.dropFirst(4)) }
    var inputs = HostileInputs(seed: seed, templates: templates)
    var found = 0
    for _ in 0..<Self.inputsPerSeed {
      let bytes = inputs.next()
      if FrameDescriptor(parsing: bytes.span.bytes, extensions: 0..<bytes.count) != nil { found += 1 }
      if FrameTimes(parsing: bytes.span.bytes, extensions: 0..<bytes.count) != nil { found += 1 }
      if AbsoluteCaptureTime(parsing: bytes.span.bytes, extensions: 0..<bytes.count) != nil { found += 1 }
    }
    #expect(found > Self.inputsPerSeed / 50)
  }

  @Test("RTCP", arguments: 1...10 as ClosedRange<UInt64>)
  func rtcp(seed: UInt64) {
    var inputs = HostileInputs(seed: seed, templates: Self.templates(RTCPVectorTests.files))
    var accepted = 0
    for _ in 0..<Self.inputsPerSeed {
      let bytes = inputs.next()
      var reader = RTCPReader(bytes.span.bytes)
      var count = 0
      while let packet = try? reader.next(in: bytes.span.bytes) {
        count += 1
        // Each packet is one of at most 64, or one of at most 31 chunks of those.
        precondition(count <= RTCPReader.maximumPacketCount * 31, "the reader must end")
        if case .application(let application) = packet { precondition(application.data.upperBound <= bytes.count) }
        if case .genericNACK(let nack) = packet { precondition(nack.sequenceNumbers().count <= bytes.count * 17 / 4) }
      }
      accepted += count
    }
    #expect(accepted > Self.inputsPerSeed / 50)
  }

  @Test("payloads of video", arguments: VideoCodec.allCases, 1...10 as ClosedRange<UInt64>)
  func payloads(codec: VideoCodec, seed: UInt64) throws {
    let vectors = Vector<PayloadFormatTests.Reassembled>.all("rtp-\(codec.vectorName)-payloads")
    let templates = vectors.flatMap { $0.hex.split(separator: " ").map { [UInt8](hex: String($0)) } }
    var inputs = HostileInputs(seed: seed, templates: templates)
    var depacketizer = NALUnitDepacketizer(codec: codec)
    var accessUnit: [UInt8] = []
    var accepted = 0
    for index in 0..<Self.inputsPerSeed {
      let bytes = inputs.next()
      let before = accessUnit.count
      do {
        try depacketizer.append(payload: bytes.span.bytes, to: &accessUnit)
        accepted += 1
        try #require(accessUnit.count <= before + 2 * bytes.count + 4)
      } catch is NALUnitDepacketizer.ParseError {
        try #require(accessUnit.count == before)
      }
      if index % 50 == 0 {
        accessUnit.removeAll(keepingCapacity: true)
        depacketizer.reset()
      }
    }
    #expect(accepted > Self.inputsPerSeed / 50)
  }

  @Test("access units of video", arguments: VideoCodec.allCases, 1...5 as ClosedRange<UInt64>)
  func accessUnits(codec: VideoCodec, seed: UInt64) throws {
    var inputs = HostileInputs(seed: seed, templates: Self.templates(["rtp-\(codec.vectorName)"]))
    for _ in 0..<Self.inputsPerSeed / 5 {
      let bytes = inputs.next()
      let span = bytes.span.bytes
      let maximum = codec.fragmentPrefixByteCount + 1 + bytes.count % 13
      var packetizer = NALUnitPacketizer(accessUnit: span, codec: codec, maximumPayloadByteCount: maximum)
      var count = 0
      while let fragment = packetizer.next(in: span) {
        count += 1
        try #require(fragment.payloadByteCount <= maximum && fragment.range.upperBound <= bytes.count)
        try #require(count <= bytes.count)
      }
      let announced = NALUnitPacketizer.packetCount(accessUnit: span, codec: codec, maximumPayloadByteCount: maximum)
      try #require(count == announced)
    }
  }

  private struct Anything: Decodable, Sendable {}

  private static func templates(_ files: [String]) -> [[UInt8]] {
    files.flatMap { Vector<Anything>.all($0).map(\.bytes) }
  }
}
