import CXCB
import Glibc
public import MediaUnits
public import SessionProtocol

/// Plays a player's input on an X display through its XTEST devices.
///
/// Every event is written and flushed at once and nothing is asked back, so that an event costs a system call. What the
/// display cannot express is counted, never an error. Belongs to one thread. The display's keycodes must be evdev's
/// plus 8, as every X server on Linux has them.
public struct InputInjector: ~Copyable {
  /// Events handed to the server so far.
  public private(set) var injectedCount = 0
  /// Events that this display cannot express: gamepads, codes without an X equivalent, fingers after the first.
  public private(set) var ignoredCount = 0

  private let connection: X11Connection
  private let fakeInput: FakeInput
  private var keymap: Keymap
  private var pressedKeys: Set<UInt8> = []
  private var pressedButtons: Set<UInt8> = []
  /// The finger that acts as the pointer.
  private var finger: UInt8?
  private var wheelX = 0
  private var wheelY = 0

  /// - Parameters:
  ///   - display: such as `:12`.
  ///   - xauthorityPath: a file with the display's credentials; `nil` means what the environment says.
  /// - Throws: ``X11Error``.
  public init(display: String, xauthorityPath: String? = nil) throws(X11Error) {
    let connection = try X11Connection(display: display, xauthorityPath: xauthorityPath)
    let pointer = connection.pointer
    let version = xcb_test_get_version_reply(pointer, xcb_test_get_version(pointer, 2, 2), nil)
    defer { free(version) }
    guard version != nil else { throw connection.isBroken ? .connectionLost : .missingExtension("XTEST") }

    let setup = xcb_get_setup(pointer)!.pointee
    let request = xcb_get_keyboard_mapping(pointer, setup.min_keycode, setup.max_keycode - setup.min_keycode + 1)
    var failure: UnsafeMutablePointer<xcb_generic_error_t>?
    guard let reply = xcb_get_keyboard_mapping_reply(pointer, request, &failure) else {
      throw connection.error(of: "GetKeyboardMapping", failure)
    }
    defer { free(reply) }
    let keysyms = UnsafeBufferPointer(
      start: xcb_get_keyboard_mapping_keysyms(reply),
      count: Int(xcb_get_keyboard_mapping_keysyms_length(reply))
    )
    self.keymap = Keymap(
      firstKeycode: setup.min_keycode,
      symbolsPerKey: Int(reply.pointee.keysyms_per_keycode),
      keysyms: Array(keysyms)
    )
    self.fakeInput = FakeInput(pointer: pointer, root: connection.root)
    self.connection = connection
  }

  /// The screen's size, which absolute positions are scaled to.
  public var size: PictureSize { self.connection.size }

  /// Plays one event.
  ///
  /// - Returns: whether the display could express it.
  /// - Throws: ``X11Error/connectionLost`` once the server is gone.
  @discardableResult
  public mutating func inject(_ event: InputEvent) throws(X11Error) -> Bool {
    let isKnown =
      switch event {
      case .key(let code, let isPressed): self.key(code, isPressed)
      case .button(let code, let isPressed): self.button(code, isPressed)
      case .pointerMotion(let deltaX, let deltaY): self.move(deltaX, deltaY)
      case .pointerPosition(let x, let y): self.place(x, y)
      case .wheel(let deltaX, let deltaY): self.turnWheel(Int(deltaX), Int(deltaY))
      case .touch(let finger, let phase, let x, let y): self.touch(finger, phase, x, y)
      case .text(let scalar): self.type(scalar)
      case .gamepad: false
      }
    if isKnown { self.injectedCount += 1 } else { self.ignoredCount += 1 }
    try self.send()
    return isKnown
  }

  /// Lets go of every key and button that is down, as when a player's connection ends.
  ///
  /// - Throws: ``X11Error/connectionLost`` once the server is gone.
  public mutating func releaseAll() throws(X11Error) {
    for keycode in self.pressedKeys { self.fakeInput.key(keycode, isPressed: false) }
    for button in self.pressedButtons { self.fakeInput.button(button, isPressed: false) }
    self.pressedKeys.removeAll()
    self.pressedButtons.removeAll()
    self.finger = nil
    self.wheelX = 0
    self.wheelY = 0
    try self.send()
  }

  private func send() throws(X11Error) {
    self.connection.flush()
    // Every client is told of keymap changes; left unread they would fill the socket.
    while let event = self.connection.pollEvent() { free(event) }
    guard !self.connection.isBroken else { throw .connectionLost }
  }

  private mutating func key(_ code: UInt16, _ isPressed: Bool) -> Bool {
    guard (1...247).contains(code) else { return false }
    let keycode = UInt8(code + 8)
    if isPressed { self.pressedKeys.insert(keycode) } else { self.pressedKeys.remove(keycode) }
    self.fakeInput.key(keycode, isPressed: isPressed)
    return true
  }

  private mutating func button(_ code: UInt16, _ isPressed: Bool) -> Bool {
    // evdev's BTN_LEFT, BTN_RIGHT, BTN_MIDDLE, BTN_SIDE, BTN_EXTRA; X numbers 4 to 7 are the wheel.
    let buttons: [UInt16: UInt8] = [0x110: 1, 0x111: 3, 0x112: 2, 0x113: 8, 0x114: 9]
    guard let button = buttons[code] else { return false }
    self.setButton(button, isPressed)
    return true
  }

  private mutating func setButton(_ button: UInt8, _ isPressed: Bool) {
    if isPressed { self.pressedButtons.insert(button) } else { self.pressedButtons.remove(button) }
    self.fakeInput.button(button, isPressed: isPressed)
  }

  private func move(_ deltaX: Int16, _ deltaY: Int16) -> Bool {
    self.fakeInput.motion(deltaX, deltaY, isRelative: true)
    return true
  }

  private func place(_ x: UInt16, _ y: UInt16) -> Bool {
    func scale(_ value: UInt16, _ count: Int) -> Int16 {
      Int16((Int(value) * (count - 1) + 32767) / 65535)
    }
    self.fakeInput.motion(scale(x, self.size.width), scale(y, self.size.height), isRelative: false)
    return true
  }

  /// X knows the wheel as presses of buttons: 4 up, 5 down, 6 left, 7 right. Fractions of a detent are saved up.
  private mutating func turnWheel(_ deltaX: Int, _ deltaY: Int) -> Bool {
    func click(_ rest: inout Int, _ delta: Int, forward: UInt8, backward: UInt8) {
      rest += delta
      // No hand turns a wheel further between two packets, and each detent costs the X server four requests.
      let detents = max(-10, min(10, rest / 120))
      rest = max(-119, min(119, rest - detents * 120))
      for _ in 0..<abs(detents) {
        self.fakeInput.button(detents > 0 ? forward : backward, isPressed: true)
        self.fakeInput.button(detents > 0 ? forward : backward, isPressed: false)
      }
    }
    click(&self.wheelX, deltaX, forward: 7, backward: 6)
    click(&self.wheelY, deltaY, forward: 4, backward: 5)
    return true
  }

  private mutating func touch(_ finger: UInt8, _ phase: InputEvent.TouchPhase, _ x: UInt16, _ y: UInt16) -> Bool {
    if self.finger == nil, phase == .began { self.finger = finger } else if self.finger != finger { return false }
    _ = self.place(x, y)
    switch phase {
    case .began:
      self.setButton(1, true)
    case .moved:
      break
    case .ended, .cancelled:
      self.finger = nil
      self.setButton(1, false)
    }
    return true
  }

  private mutating func type(_ scalar: Unicode.Scalar) -> Bool {
    guard let keysym = Keymap.keysym(for: scalar) else { return false }
    let stroke: Keymap.Stroke
    if let known = self.keymap.stroke(for: keysym) {
      stroke = known
    } else if let keycode = self.keymap.lend(to: keysym) {
      self.fakeInput.bind(keycode, to: keysym)
      stroke = Keymap.Stroke(keycode: keycode, needsShift: false)
    } else {
      return false
    }
    let shift = self.keymap.shiftKeycode
    let isShifted = shift.map(self.pressedKeys.contains) ?? false
    if let shift, isShifted != stroke.needsShift { self.fakeInput.key(shift, isPressed: stroke.needsShift) }
    self.fakeInput.key(stroke.keycode, isPressed: true)
    self.fakeInput.key(stroke.keycode, isPressed: false)
    if let shift, isShifted != stroke.needsShift { self.fakeInput.key(shift, isPressed: isShifted) }
    return true
  }
}
