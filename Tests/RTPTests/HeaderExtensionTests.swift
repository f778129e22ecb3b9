import MediaUnits
import RTP
import Testing

@Suite("Header extensions")
struct HeaderExtensionTests {
  struct Fields: Decodable, Sendable {
    struct Descriptor: Decodable, Sendable {
      var frameIndex: UInt16
      var packetIndex: UInt16
      var packetCount: UInt16
      var isKeyframe: Bool
    }
    /// Durations in microseconds.
    struct Times: Decodable, Sendable {
      var inputSequence: UInt32
      var damageToCaptured: Int
      var capturedToConverted: Int
      var convertedToEncoded: Int
      var encodedToSent: Int
    }
    var descriptor: Descriptor?
    var times: Times?
    struct Skipped: Decodable, Sendable {
      var count: Int
      var reason: UInt8
    }
    var captureTime: String?
    var skipped: Skipped?

    var skippedPictures: SkippedPictures? {
      self.skipped.map { SkippedPictures(count: $0.count, reason: .init(rawValue: $0.reason) ?? .unknown) }
    }
    var frameDescriptor: FrameDescriptor? {
      self.descriptor.map {
        FrameDescriptor(
          frameIndex: $0.frameIndex,
          packetIndex: $0.packetIndex,
          packetCount: $0.packetCount,
          isKeyframe: $0.isKeyframe
        )
      }
    }
    var frameTimes: FrameTimes? {
      self.times.map {
        FrameTimes(
          inputSequence: $0.inputSequence,
          damageToCaptured: .microseconds($0.damageToCaptured),
          capturedToConverted: .microseconds($0.capturedToConverted),
          convertedToEncoded: .microseconds($0.convertedToEncoded),
          encodedToSent: .microseconds($0.encodedToSent)
        )
      }
    }
    var absoluteCaptureTime: AbsoluteCaptureTime? {
      self.captureTime.flatMap { UInt64($0, radix: 16) }
        .map { AbsoluteCaptureTime(timestamp: NTPTimestamp(rawValue: $0)) }
    }
  }

  @Test("are read from the vectors", arguments: Vector<Fields>.valid("rtp-extensions"))
  func reads(vector: Vector<Fields>) throws {
    let bytes = vector.bytes
    let fields = try #require(vector.fields)
    let elements = 4..<bytes.count
    let descriptor = FrameDescriptor(parsing: bytes.span.bytes, extensions: elements)
    let times = FrameTimes(parsing: bytes.span.bytes, extensions: elements)
    let captureTime = AbsoluteCaptureTime(parsing: bytes.span.bytes, extensions: elements)
    #expect(descriptor == fields.frameDescriptor)
    #expect(times == fields.frameTimes)
    #expect(captureTime == fields.absoluteCaptureTime)
    let skipped = SkippedPictures(parsing: bytes.span.bytes, extensions: elements)
    #expect(skipped == fields.skippedPictures)
  }

  @Test("are written as in the vectors", arguments: Vector<Fields>.valid("rtp-extensions"))
  func writes(vector: Vector<Fields>) throws {
    let fields = try #require(vector.fields)
    var datagram = [UInt8](repeating: 0xEE, count: 12 + HeaderExtensionWriter.maximumByteCount)
    var span = datagram.mutableSpan
    var bytes = span.mutableBytes
    let byteCount = HeaderExtensionWriter.write(
      into: &bytes,
      at: 12,
      descriptor: fields.frameDescriptor,
      times: fields.frameTimes,
      captureTime: fields.absoluteCaptureTime,
      skipped: fields.skippedPictures
    )
    #expect(Array(datagram[12..<12 + byteCount]).hex == vector.hex)
    #expect(datagram.prefix(12).allSatisfy { $0 == 0xEE } && datagram[(12 + byteCount)...].allSatisfy { $0 == 0xEE })
  }

  @Test("take the announced number of bytes")
  func byteCounts() {
    typealias Writer = HeaderExtensionWriter
    #expect(
      Writer.byteCount(hasDescriptor: true, hasTimes: true, hasCaptureTime: true, hasSkipped: true)
        == Writer.maximumByteCount
    )
    #expect(Writer.byteCount(hasDescriptor: true, hasTimes: false, hasCaptureTime: false) == Writer.descriptorByteCount)
    var datagram = [0xEE] as [UInt8]
    var span = datagram.mutableSpan
    var bytes = span.mutableBytes
    let none = Writer.write(into: &bytes, at: 1, descriptor: nil)
    #expect(none == 0 && datagram == [0xEE])
  }

  /// Whether a descriptor of packet 1 of 2 is found in the elements.
  private func findsDescriptor(_ hex: String) -> Bool {
    let bytes = [UInt8](hex: hex)
    return FrameDescriptor(parsing: bytes.span.bytes, extensions: 0..<bytes.count) != nil
  }

  @Test("follow the rules for padding, unknown and reserved elements")
  func elements() {
    let descriptor = "25" + "000000010002"
    #expect(self.findsDescriptor(descriptor))
    #expect(self.findsDescriptor("000000" + descriptor), "padding may come first")
    #expect(self.findsDescriptor("52aabbcc" + descriptor), "unknown elements are skipped")
    #expect(!self.findsDescriptor("f0aa" + descriptor), "15 ends the elements")
    #expect(!self.findsDescriptor("01aa" + descriptor), "0 with a length ends the elements")
    #expect(!self.findsDescriptor(String(descriptor.dropLast(2))), "an element that is cut off is absent")
    #expect(!self.findsDescriptor("4f" + descriptor), "an unknown element may not pass the end")
    #expect(!self.findsDescriptor("24" + "0000000100"), "a descriptor has six bytes")
    #expect(!self.findsDescriptor("25" + "000000020002"), "the index must be below the count")
    #expect(!self.findsDescriptor("25" + "000000008000"), "a frame has at least one packet")
    #expect(!self.findsDescriptor(""))
  }

  @Test("the extended form of the capture time is read, its clock offset is not")
  func extendedCaptureTime() {
    let bytes = [UInt8](hex: "1f" + "0123456789abcdef" + "ffffffffffffffff")
    let time = AbsoluteCaptureTime(parsing: bytes.span.bytes, extensions: 0..<bytes.count)
    #expect(time?.timestamp.rawValue == 0x0123_4567_89AB_CDEF)
  }

  @Test("skipped pictures are at least one, and a reason that is not known is none")
  func skippedPictures() {
    func read(_ hex: String) -> SkippedPictures? {
      let bytes = [UInt8](hex: hex)
      return SkippedPictures(parsing: bytes.span.bytes, extensions: 0..<bytes.count)
    }
    #expect(read("410001") == nil)
    #expect(read("40ff") == nil, "it has two bytes")
    #expect(read("41ff09") == SkippedPictures(count: 300, reason: .unknown))
    #expect(read("410103") == SkippedPictures(count: 1, reason: .decoder))
  }

  @Test("durations are rounded down to 8 µs and saturate")
  func durations() {
    let times = FrameTimes(
      inputSequence: 1,
      damageToCaptured: .nanoseconds(15_999),
      capturedToConverted: .milliseconds(-1),
      convertedToEncoded: .seconds(3),
      encodedToSent: .microseconds(524_280)
    )
    #expect(times.damageToCaptured == .microseconds(8))
    #expect(times.capturedToConverted == .zero)
    #expect(times.convertedToEncoded == .microseconds(524_280))
    #expect(times.encodedToSent == .microseconds(524_280))
  }
}
