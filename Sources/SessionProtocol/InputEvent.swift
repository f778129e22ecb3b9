/// One thing that a player did with a keyboard, pointer, touch screen or gamepad.
///
/// - Spec: Protocol/input.md §3.
public enum InputEvent: Hashable, Sendable {
  /// A key by its Linux evdev code (`KEY_A` is 30), whatever either end's layout.
  case key(code: UInt16, isPressed: Bool)
  /// A pointer button by its Linux evdev code (`BTN_LEFT` is 0x110).
  case button(code: UInt16, isPressed: Bool)
  /// Relative pointer motion in pixels of the host's picture; right and down are positive.
  case pointerMotion(deltaX: Int16, deltaY: Int16)
  /// Absolute pointer position: 0 is the picture's left or top edge, 65535 its right or bottom.
  case pointerPosition(x: UInt16, y: UInt16)
  /// Wheel motion in 1/120 of a detent; right and up are positive.
  case wheel(deltaX: Int16, deltaY: Int16)
  /// One finger on a touch screen; coordinates as for ``pointerPosition(x:y:)``.
  case touch(finger: UInt8, phase: TouchPhase, x: UInt16, y: UInt16)
  /// The whole state of one gamepad.
  case gamepad(GamepadState)
  /// A character to be typed, whatever the layout.
  case text(Unicode.Scalar)

  public enum TouchPhase: UInt8, Hashable, Sendable {
    case began = 0
    case moved = 1
    case ended = 2
    case cancelled = 3
  }

  /// - Spec: Protocol/input.md §3.7.
  public struct GamepadState: Hashable, Sendable {
    /// Which gamepad, 0 ... 15.
    public var pad: UInt8
    /// One bit a button, in the W3C standard gamepad's order; bit 0 is the bottom face button.
    public var buttons: UInt32
    /// Left x, left y, right x, right y; -32767 ... 32767, right and down positive.
    public var leftX: Int16
    public var leftY: Int16
    public var rightX: Int16
    public var rightY: Int16
    /// 0 ... 255.
    public var leftTrigger: UInt8
    public var rightTrigger: UInt8

    public init(
      pad: UInt8,
      buttons: UInt32,
      leftX: Int16,
      leftY: Int16,
      rightX: Int16,
      rightY: Int16,
      leftTrigger: UInt8,
      rightTrigger: UInt8
    ) {
      self.pad = pad
      self.buttons = buttons
      self.leftX = leftX
      self.leftY = leftY
      self.rightX = rightX
      self.rightY = rightY
      self.leftTrigger = leftTrigger
      self.rightTrigger = rightTrigger
    }
  }
}
