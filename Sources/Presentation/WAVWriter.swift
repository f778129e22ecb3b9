import Glibc

/// Writes 16-bit PCM as a WAV file that is readable at any moment.
///
/// The sizes in the header are brought up to date about once a second of sound and at the end, so a process that is
/// killed leaves at most its last second unlisted.
///
/// - Source: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", RIFF and WAVE.
public struct WAVWriter: ~Copyable {
  public static let headerByteCount = 44
  /// A WAV file's sizes are 32-bit. What comes after is counted in ``droppedSampleCount``.
  public static let maximumDataByteCount = Int(UInt32.max) - Self.headerByteCount

  private let output: OutputDescriptor
  private let sampleRate: Int
  private let channelCount: Int
  private var listedByteCount = 0
  /// Bytes of samples in the file.
  public private(set) var dataByteCount = 0
  /// Samples that the format has no room for.
  public private(set) var droppedSampleCount = 0

  /// - Parameters:
  ///   - path: a file, created or emptied; not a pipe, since the header is written again.
  ///   - sampleRate: samples a second and channel, usually 48000.
  ///   - channelCount: 1 or 2.
  /// - Throws: ``OutputError``.
  public init(path: String, sampleRate: Int, channelCount: Int) throws(OutputError) {
    precondition(sampleRate > 0 && (1...2).contains(channelCount), "sound has a rate and one or two channels")
    let output = try OutputDescriptor(path: path)
    guard lseek(output.descriptor, 0, SEEK_CUR) >= 0 else {
      throw OutputError(operation: "write a WAV file to \(path)", code: errno)
    }
    let header = Self.header(dataByteCount: 0, sampleRate: sampleRate, channelCount: channelCount)
    guard OutputDescriptor.writeAll(header, to: output.descriptor) else {
      throw OutputError(operation: "write \(path)", code: errno)
    }
    self.output = output
    self.sampleRate = sampleRate
    self.channelCount = channelCount
  }

  deinit {
    Self.patch(self.output.descriptor, self.dataByteCount, self.sampleRate, self.channelCount)
  }

  /// The time that the samples so far take.
  public var duration: Duration {
    .seconds(self.dataByteCount) / (2 * self.channelCount * self.sampleRate)
  }

  /// Appends interleaved samples.
  ///
  /// - Parameter samples: whole frames: a multiple of the channel count.
  /// - Throws: ``OutputError``; the samples up to there are in the file.
  public mutating func write(_ samples: Span<Int16>) throws(OutputError) {
    precondition(samples.count % self.channelCount == 0, "samples come in whole frames")
    let byteCount = 2 * samples.count
    guard self.dataByteCount + byteCount <= Self.maximumDataByteCount else {
      self.droppedSampleCount += samples.count
      return
    }
    let isLittleEndian = Int16(1).littleEndian == 1
    precondition(isLittleEndian, "samples are written as they lie in memory")
    let code = samples.bytes.withUnsafeBytes { buffer -> Int32 in
      var offset = 0
      while offset < buffer.count {
        let count = Glibc.write(self.output.descriptor, buffer.baseAddress! + offset, buffer.count - offset)
        if count > 0 { offset += count } else if count == 0 || errno != EINTR { return count == 0 ? ENOSPC : errno }
      }
      return 0
    }
    guard code == 0 else { throw OutputError(operation: "write sound", code: code) }
    self.dataByteCount += byteCount
    if self.dataByteCount - self.listedByteCount >= 2 * self.channelCount * self.sampleRate {
      Self.patch(self.output.descriptor, self.dataByteCount, self.sampleRate, self.channelCount)
      self.listedByteCount = self.dataByteCount
    }
  }

  private static func patch(_ descriptor: Int32, _ dataByteCount: Int, _ sampleRate: Int, _ channelCount: Int) {
    let header = Self.header(dataByteCount: dataByteCount, sampleRate: sampleRate, channelCount: channelCount)
    _ = header.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  static func header(dataByteCount: Int, sampleRate: Int, channelCount: Int) -> [UInt8] {
    var bytes = Array("RIFF".utf8)
    Self.append(UInt32(dataByteCount + Self.headerByteCount - 8), to: &bytes)
    bytes.append(contentsOf: "WAVEfmt ".utf8)
    Self.append(UInt32(16), to: &bytes)
    Self.append(UInt16(1), to: &bytes)  // integer PCM
    Self.append(UInt16(channelCount), to: &bytes)
    Self.append(UInt32(sampleRate), to: &bytes)
    Self.append(UInt32(sampleRate * channelCount * 2), to: &bytes)
    Self.append(UInt16(channelCount * 2), to: &bytes)
    Self.append(UInt16(16), to: &bytes)
    bytes.append(contentsOf: "data".utf8)
    Self.append(UInt32(dataByteCount), to: &bytes)
    return bytes
  }

  private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
