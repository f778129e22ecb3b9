internal import Octets

extension InputEvent {
  /// The types of event on the wire, and the bytes of each one's body.
  ///
  /// - Spec: Protocol/input.md §3.
  enum WireType: UInt8 {
    case key = 1
    case button = 2
    case pointerMotion = 3
    case pointerPosition = 4
    case wheel = 5
    case touch = 6
    case gamepad = 7
    case text = 8

    var bodyByteCount: Int {
      switch self {
      case .key, .button: 3
      case .pointerMotion, .pointerPosition, .wheel, .text: 4
      case .touch: 6
      case .gamepad: 15
      }
    }
  }

  var wireType: WireType {
    switch self {
    case .key: .key
    case .button: .button
    case .pointerMotion: .pointerMotion
    case .pointerPosition: .pointerPosition
    case .wheel: .wheel
    case .touch: .touch
    case .gamepad: .gamepad
    case .text: .text
    }
  }

  /// Reads one body. Bytes after the fields that are known belong to a later version, and are ignored.
  ///
  /// - Returns: `nil` if the type is unknown.
  init?(parsing payload: RawSpan, body: Range<Int>, type: UInt8) throws(InputPacket.ParseError) {
    guard let wireType = WireType(rawValue: type) else { return nil }
    guard body.count >= wireType.bodyByteCount else { throw .shortBody(type: type) }
    let start = body.lowerBound
    switch wireType {
    case .key:
      self = .key(code: payload.bigEndian(at: start), isPressed: try Self.flag(payload, at: start + 2, type: type))
    case .button:
      self = .button(code: payload.bigEndian(at: start), isPressed: try Self.flag(payload, at: start + 2, type: type))
    case .pointerMotion:
      self = .pointerMotion(deltaX: payload.bigEndian(at: start), deltaY: payload.bigEndian(at: start + 2))
    case .pointerPosition:
      self = .pointerPosition(x: payload.bigEndian(at: start), y: payload.bigEndian(at: start + 2))
    case .wheel:
      self = .wheel(deltaX: payload.bigEndian(at: start), deltaY: payload.bigEndian(at: start + 2))
    case .touch:
      guard let phase = TouchPhase(rawValue: payload.bigEndian(at: start + 1)) else { throw .invalidValue(type: type) }
      self = .touch(
        finger: payload.bigEndian(at: start),
        phase: phase,
        x: payload.bigEndian(at: start + 2),
        y: payload.bigEndian(at: start + 4)
      )
    case .gamepad:
      guard let state = GamepadState(parsing: payload, at: start) else { throw .invalidValue(type: type) }
      self = .gamepad(state)
    case .text:
      guard let scalar = Unicode.Scalar(payload.bigEndian(at: start, as: UInt32.self)) else {
        throw .invalidValue(type: type)
      }
      self = .text(scalar)
    }
  }

  private static func flag(_ payload: RawSpan, at offset: Int, type: UInt8) throws(InputPacket.ParseError) -> Bool {
    switch payload.bigEndian(at: offset, as: UInt8.self) {
    case 0: return false
    case 1: return true
    default: throw .invalidValue(type: type)
    }
  }

  /// Writes type, body length and body. Traps if they do not fit.
  func serialize(into payload: inout MutableRawSpan, at offset: Int) {
    let type = self.wireType
    payload.storeBigEndian(type.rawValue, at: offset)
    payload.storeBigEndian(UInt8(type.bodyByteCount), at: offset + 1)
    let start = offset + 2
    switch self {
    case .key(let code, let isPressed), .button(let code, let isPressed):
      payload.storeBigEndian(code, at: start)
      payload.storeBigEndian((isPressed ? 1 : 0) as UInt8, at: start + 2)
    case .pointerMotion(let deltaX, let deltaY), .wheel(let deltaX, let deltaY):
      payload.storeBigEndian(deltaX, at: start)
      payload.storeBigEndian(deltaY, at: start + 2)
    case .pointerPosition(let x, let y):
      payload.storeBigEndian(x, at: start)
      payload.storeBigEndian(y, at: start + 2)
    case .touch(let finger, let phase, let x, let y):
      payload.storeBigEndian(finger, at: start)
      payload.storeBigEndian(phase.rawValue, at: start + 1)
      payload.storeBigEndian(x, at: start + 2)
      payload.storeBigEndian(y, at: start + 4)
    case .gamepad(let state):
      state.serialize(into: &payload, at: start)
    case .text(let scalar):
      payload.storeBigEndian(scalar.value, at: start)
    }
  }
}

extension InputEvent.GamepadState {
  /// - Returns: `nil` if the pad's number is above 15.
  fileprivate init?(parsing payload: RawSpan, at start: Int) {
    let pad: UInt8 = payload.bigEndian(at: start)
    guard pad <= 15 else { return nil }
    self.init(
      pad: pad,
      buttons: payload.bigEndian(at: start + 1),
      leftX: Self.axis(payload, at: start + 5),
      leftY: Self.axis(payload, at: start + 7),
      rightX: Self.axis(payload, at: start + 9),
      rightY: Self.axis(payload, at: start + 11),
      leftTrigger: payload.bigEndian(at: start + 13),
      rightTrigger: payload.bigEndian(at: start + 14)
    )
  }

  /// Many drivers say -32768 at the end of an axis. It reads as -32767, so that axes are symmetrical.
  private static func axis(_ payload: RawSpan, at offset: Int) -> Int16 {
    max(payload.bigEndian(at: offset), -.max)
  }

  fileprivate func serialize(into payload: inout MutableRawSpan, at start: Int) {
    precondition(self.pad <= 15, "a gamepad's number is 0 to 15")
    payload.storeBigEndian(self.pad, at: start)
    payload.storeBigEndian(self.buttons, at: start + 1)
    payload.storeBigEndian(self.leftX, at: start + 5)
    payload.storeBigEndian(self.leftY, at: start + 7)
    payload.storeBigEndian(self.rightX, at: start + 9)
    payload.storeBigEndian(self.rightY, at: start + 11)
    payload.storeBigEndian(self.leftTrigger, at: start + 13)
    payload.storeBigEndian(self.rightTrigger, at: start + 14)
  }
}
