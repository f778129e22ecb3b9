import Glibc
import MediaUnits
import OpusCodec
import Testing

@Suite("Opus")
struct OpusCodecTests {
  /// Stereo sine, 440 Hz left and 660 Hz right, at half of full scale.
  private static func sine(from start: Int, count: Int) -> [Int16] {
    (start..<start + count).flatMap { index in
      [440.0, 660.0].map { Int16(16_000 * sin(2 * .pi * $0 * Double(index) / 48_000)) }
    }
  }

  private static func energy(_ samples: some Collection<Int16>) -> Double {
    samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)
  }

  @Test("brings a sine back, delayed by the lookahead", arguments: OpusFormat.FrameLength.allCases)
  func roundTrip(length: OpusFormat.FrameLength) throws {
    var encoder = try OpusEncoder(OpusEncoder.Configuration(frameLength: length))
    var decoder = try OpusDecoder()
    #expect(encoder.lookahead == 120, "2.5 ms")
    var (sent, heard): ([Int16], [Int16]) = ([], [])
    var byteCount = 0
    let packets = 48_000 / length.sampleCount
    for index in 0..<packets {
      let pcm = Self.sine(from: index * length.sampleCount, count: length.sampleCount)
      let packet = try encoder.packet(pcm)
      sent += pcm
      byteCount += packet.count
      heard += try decoder.samples(packet, count: length.sampleCount)
    }
    #expect(heard.count == sent.count)
    let delay = 2 * encoder.lookahead
    let (reference, result) = (sent[9_600..<86_400], heard[9_600 + delay..<86_400 + delay])
    let noise = zip(reference, result).map { Double($0) - Double($1) }.reduce(0) { $0 + $1 * $1 }
    let ratio = 10 * log10(Self.energy(reference) * Double(reference.count) / noise)
    #expect(ratio > 20, "\(ratio) dB")
    // One second at 128 kbit/s.
    #expect((12_000...18_000).contains(byteCount), "\(byteCount)")
  }

  @Test("conceals a lost packet with something alike, and goes on after it")
  func concealment() throws {
    var encoder = try OpusEncoder()
    var decoder = try OpusDecoder()
    var energies: [Double] = []
    for index in 0..<100 {
      let packet = try encoder.packet(Self.sine(from: index * 240, count: 240))
      let heard = try decoder.samples(index == 60 ? nil : packet, count: 240)
      #expect(heard.count == 480)
      energies.append(Self.energy(heard))
    }
    #expect(energies[60] > 0.3 * energies[59])
    #expect(energies[60] < 2 * energies[59])
    #expect((0.7...1.4).contains(energies[70] / energies[59]))
  }

  @Test("spends next to nothing on silence, and follows a change of rate")
  func rate() throws {
    var encoder = try OpusEncoder()
    var (silent, rich, poor) = (0, 0, 0)
    for _ in 0..<20 { silent = try encoder.packet([Int16](repeating: 0, count: 480)).count }
    for index in 0..<50 { rich = try encoder.packet(Self.sine(from: index * 240, count: 240)).count }
    try encoder.setBitrate(.kilobits(32))
    for index in 50..<100 { poor = try encoder.packet(Self.sine(from: index * 240, count: 240)).count }
    #expect(silent < 10)
    #expect(poor < rich / 2)
    #expect(throws: OpusError.self) { try encoder.setBitrate(Bitrate(bitsPerSecond: 0)) }
  }

  @Test("answers rubbish with an error or with sound, and never crashes", arguments: [3, 5] as [UInt64])
  func rubbish(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var decoder = try OpusDecoder()
    var failureCount = 0
    for _ in 0..<2_000 {
      let packet = (0..<Int(random.next() % 200)).map { _ in UInt8(random.next() & 0xFF) }
      do throws(OpusError) {
        _ = try decoder.samples(packet, count: 480)
      } catch {
        failureCount += 1
        #expect(!error.description.isEmpty)
      }
    }
    #expect(failureCount > 100)
    #expect(throws: OpusError.self) { try decoder.samples([], count: 240) }
  }
}

extension OpusEncoder {
  fileprivate mutating func packet(_ pcm: [Int16]) throws(OpusError) -> [UInt8] {
    var packet = [UInt8](repeating: 0, count: OpusFormat.maximumPacketByteCount)
    var count = 0
    var failure: OpusError?
    pcm.withUnsafeBufferPointer { samples in
      packet.withUnsafeMutableBytes { bytes in
        do throws(OpusError) { count = try self.encode(pcm: samples, into: bytes) } catch { failure = error }
      }
    }
    if let failure { throw failure }
    return Array(packet[..<count])
  }
}

extension OpusDecoder {
  fileprivate mutating func samples(_ packet: [UInt8]?, count: Int) throws(OpusError) -> [Int16] {
    var pcm = [Int16](repeating: 0, count: 2 * count)
    var decoded = 0
    var failure: OpusError?
    pcm.withUnsafeMutableBufferPointer { samples in
      do throws(OpusError) {
        if let packet {
          decoded = try packet.span.bytes.withUnsafeBytes { bytes throws(OpusError) in
            try self.decode(bytes, into: samples)
          }
        } else {
          decoded = try self.decode(nil, into: samples)
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return Array(pcm[..<(2 * decoded)])
  }
}
