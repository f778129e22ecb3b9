import CXCB

/// XTEST's requests on a connection that somebody else owns; none of them has a reply.
struct FakeInput {
  let pointer: OpaquePointer
  let root: xcb_window_t

  func key(_ keycode: UInt8, isPressed: Bool) {
    self.send(isPressed ? XCB_KEY_PRESS : XCB_KEY_RELEASE, detail: keycode)
  }

  func button(_ button: UInt8, isPressed: Bool) {
    self.send(isPressed ? XCB_BUTTON_PRESS : XCB_BUTTON_RELEASE, detail: button)
  }

  func motion(_ x: Int16, _ y: Int16, isRelative: Bool) {
    self.send(XCB_MOTION_NOTIFY, detail: isRelative ? 1 : 0, x: x, y: y)
  }

  /// Makes a key type one character, for every client of the display.
  func bind(_ keycode: UInt8, to keysym: UInt32) {
    var keysyms = [keysym, keysym]
    xcb_change_keyboard_mapping(self.pointer, 1, keycode, 2, &keysyms)
  }

  private func send(_ type: Int32, detail: UInt8, x: Int16 = 0, y: Int16 = 0) {
    xcb_test_fake_input(self.pointer, UInt8(type), detail, UInt32(XCB_CURRENT_TIME), self.root, x, y, 0)
  }
}
