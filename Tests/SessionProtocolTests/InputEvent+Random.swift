import MediaUnits
import SessionProtocol

extension InputEvent {
  /// Any event that can be sent.
  static func random(using random: inout SplitMix64) -> InputEvent {
    func any<Integer: FixedWidthInteger>(_ type: Integer.Type = Integer.self) -> Integer {
      .random(in: .min ... .max, using: &random)
    }
    switch Int.random(in: 1...8, using: &random) {
    case 1: return .key(code: any(), isPressed: any(UInt8.self) % 2 == 0)
    case 2: return .button(code: any(), isPressed: any(UInt8.self) % 2 == 0)
    case 3: return .pointerMotion(deltaX: any(), deltaY: any())
    case 4: return .pointerPosition(x: any(), y: any())
    case 5: return .wheel(deltaX: any(), deltaY: any())
    case 6: return .touch(finger: any(), phase: TouchPhase(rawValue: any() % 4) ?? .ended, x: any(), y: any())
    case 7:
      return .gamepad(
        GamepadState(
          pad: any() % 16,
          buttons: any(),
          leftX: max(any(), -.max),
          leftY: max(any(), -.max),
          rightX: max(any(), -.max),
          rightY: max(any(), -.max),
          leftTrigger: any(),
          rightTrigger: any()
        )
      )
    default: return .text(Unicode.Scalar(any(UInt32.self) % 0x11_0000) ?? "x")
    }
  }
}
