import MediaUnits
import SessionProtocol
import Testing

@Suite("Input packets")
struct InputPacketTests {
  struct Fields: Decodable, Sendable {
    struct Event: Decodable, Sendable {
      var sequence: UInt32
      var type: String
      var code: UInt16?
      var isPressed: Bool?
      var x: Int?
      var y: Int?
      var finger: UInt8?
      var phase: UInt8?
      var pad: UInt8?
      var buttons: UInt32?
      var leftX: Int16?
      var leftY: Int16?
      var rightX: Int16?
      var rightY: Int16?
      var leftTrigger: UInt8?
      var rightTrigger: UInt8?
      var scalar: UInt32?
    }
    var firstSequence: UInt32
    var events: [Event]
    /// Whether our writer makes exactly these bytes.
    var isCanonical: Bool
  }

  struct Numbered: Hashable {
    var sequence: UInt32
    var event: InputEvent?
  }

  /// Reads all events.
  static func read(_ bytes: [UInt8]) throws(InputPacket.ParseError) -> [Numbered] {
    let payload = bytes.span.bytes
    var reader = try InputPacket.Reader(parsing: payload)
    var events: [Numbered] = []
    while let (sequence, event) = try reader.next(in: payload) {
      events.append(Numbered(sequence: sequence, event: event))
      precondition(events.count <= InputPacket.maximumEventCount, "the reader must end")
    }
    return events
  }

  /// Writes as many of the events as fit, behind three bytes that are not the writer's.
  static func write(
    _ events: [InputEvent],
    firstSequence: UInt32,
    maximumByteCount: Int = InputPacket.maximumByteCount
  ) -> (bytes: [UInt8], count: Int) {
    var buffer = [UInt8](repeating: 0xEE, count: 3 + InputPacket.maximumByteCount + 1)
    var writer = InputPacketWriter(firstSequence: firstSequence, at: 3, maximumByteCount: maximumByteCount)
    var span = buffer.mutableSpan
    var bytes = span.mutableBytes
    for event in events {
      guard writer.append(event, to: &bytes) else { break }
    }
    let (byteCount, eventCount) = (writer.byteCount, writer.eventCount)
    #expect(buffer.prefix(3).allSatisfy { $0 == 0xEE } && buffer[(3 + byteCount)...].allSatisfy { $0 == 0xEE })
    return (Array(buffer[3..<3 + byteCount]), eventCount)
  }

  @Test("are read, and written back", arguments: InputVector<Fields>.all("input-packet").filter { $0.fields != nil })
  func vectors(vector: InputVector<Fields>) throws {
    let fields = try #require(vector.fields)
    let expected = try fields.events.map { Numbered(sequence: $0.sequence, event: try $0.event) }
    let events = try Self.read(vector.bytes)
    #expect(events == expected)
    if fields.isCanonical {
      let written = Self.write(events.compactMap(\.event), firstSequence: fields.firstSequence)
      #expect(written.bytes == vector.bytes)
    }
  }

  @Test("are refused where malformed", arguments: InputVector<Fields>.all("input-packet").filter { $0.error != nil })
  func refuses(vector: InputVector<Fields>) {
    do {
      let events = try Self.read(vector.bytes)
      Issue.record("read as \(events)")
    } catch {
      #expect("\(error)".prefix { $0 != "(" } == vector.error ?? "")
    }
  }

  @Test("any events survive", arguments: 1...200 as ClosedRange<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let events = (0..<Int.random(in: 1...80, using: &random)).map { _ in InputEvent.random(using: &random) }
    let first = UInt32.random(in: 0...UInt32.max, using: &random)
    let (bytes, count) = Self.write(events, firstSequence: first)
    #expect(bytes.count <= InputPacket.maximumByteCount && count <= InputPacket.maximumEventCount)
    let expected = events.prefix(count).enumerated().map {
      Numbered(sequence: first &+ UInt32($0.offset), event: $0.element)
    }
    #expect(try Self.read(bytes) == expected)
  }

  @Test("are full at sixty-four events, or where the next would pass the budget")
  func full() {
    let keys = [InputEvent](repeating: .key(code: 30, isPressed: true), count: 100)
    #expect(Self.write(keys, firstSequence: 1).count == 64)
    #expect(Self.write(keys, firstSequence: 1, maximumByteCount: 19).count == 2)
    #expect(Self.write(keys, firstSequence: 1, maximumByteCount: 20).count == 3)
    #expect(Self.write(keys, firstSequence: 1, maximumByteCount: 9).count == 0)
  }

  @Test("acknowledgements", arguments: InputVector<Acknowledged>.all("input-acknowledgement"))
  func acknowledgements(vector: InputVector<Acknowledged>) throws {
    let bytes = vector.bytes
    let parsed = InputAcknowledgement(parsing: bytes.span.bytes)
    let expected = vector.fields.map {
      InputAcknowledgement(newestReceived: $0.newestReceived, newestApplied: $0.newestApplied)
    }
    #expect(parsed == expected)
    if let expected { #expect(expected.serialized == bytes) }
  }

  struct Acknowledged: Decodable, Sendable {
    var newestReceived: UInt32
    var newestApplied: UInt32
  }
}

extension InputPacketTests.Fields.Event {
  /// `nil` for an unknown type.
  fileprivate var event: InputEvent? {
    get throws {
      switch self.type {
      case "key": .key(code: try Self.need(self.code), isPressed: try Self.need(self.isPressed))
      case "button": .button(code: try Self.need(self.code), isPressed: try Self.need(self.isPressed))
      case "pointerMotion": .pointerMotion(deltaX: Int16(try Self.need(self.x)), deltaY: Int16(try Self.need(self.y)))
      case "pointerPosition": .pointerPosition(x: UInt16(try Self.need(self.x)), y: UInt16(try Self.need(self.y)))
      case "wheel": .wheel(deltaX: Int16(try Self.need(self.x)), deltaY: Int16(try Self.need(self.y)))
      case "touch":
        .touch(
          finger: try Self.need(self.finger),
          phase: try Self.need(InputEvent.TouchPhase(rawValue: try Self.need(self.phase))),
          x: UInt16(try Self.need(self.x)),
          y: UInt16(try Self.need(self.y))
        )
      case "gamepad": .gamepad(try self.gamepad)
      case "text": .text(try Self.need(Unicode.Scalar(try Self.need(self.scalar))))
      default: nil
      }
    }
  }

  /// The field, which a vector of this type must have.
  private static func need<Value>(_ value: Value?) throws -> Value {
    try #require(value)
  }

  private var gamepad: InputEvent.GamepadState {
    get throws {
      InputEvent.GamepadState(
        pad: try Self.need(self.pad),
        buttons: try Self.need(self.buttons),
        leftX: try Self.need(self.leftX),
        leftY: try Self.need(self.leftY),
        rightX: try Self.need(self.rightX),
        rightY: try Self.need(self.rightY),
        leftTrigger: try Self.need(self.leftTrigger),
        rightTrigger: try Self.need(self.rightTrigger)
      )
    }
  }
}
