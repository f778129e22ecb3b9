import CXCB
import Glibc

/// An X client of the tests' own, written against libxcb alone: it draws, and notes what input reaches it.
final class DrawingClient {
  enum Event: Hashable {
    case key(UInt8, isPressed: Bool, state: UInt16)
    case button(UInt8, isPressed: Bool)
    case motion(x: Int16, y: Int16)
  }

  private let connection: OpaquePointer
  private let root: xcb_window_t
  private let window: xcb_window_t
  private let context: xcb_gcontext_t

  /// A window over the whole screen.
  ///
  /// - Returns: `nil` if there is no such display.
  init?(display: String) {
    guard let connection = xcb_connect(display, nil), xcb_connection_has_error(connection) == 0 else { return nil }
    let screen = xcb_setup_roots_iterator(xcb_get_setup(connection)).data.pointee
    self.connection = connection
    self.root = screen.root
    self.window = xcb_generate_id(connection)
    self.context = xcb_generate_id(connection)
    let events =
      XCB_EVENT_MASK_KEY_PRESS.rawValue | XCB_EVENT_MASK_KEY_RELEASE.rawValue | XCB_EVENT_MASK_BUTTON_PRESS.rawValue
      | XCB_EVENT_MASK_BUTTON_RELEASE.rawValue | XCB_EVENT_MASK_POINTER_MOTION.rawValue
    var values: [UInt32] = [screen.black_pixel, 1, events]
    let (width, height) = (screen.width_in_pixels, screen.height_in_pixels)
    let mask = XCB_CW_BACK_PIXEL.rawValue | XCB_CW_OVERRIDE_REDIRECT.rawValue | XCB_CW_EVENT_MASK.rawValue
    let kind = UInt16(XCB_WINDOW_CLASS_INPUT_OUTPUT.rawValue)
    xcb_create_window(
      connection,
      0,
      self.window,
      screen.root,
      0,
      0,
      width,
      height,
      0,
      kind,
      screen.root_visual,
      mask,
      &values
    )
    xcb_create_gc(connection, self.context, self.window, 0, nil)
    xcb_map_window(connection, self.window)
    xcb_set_input_focus(connection, UInt8(XCB_INPUT_FOCUS_POINTER_ROOT.rawValue), self.window, 0)
    self.synchronize()
  }

  deinit {
    xcb_disconnect(self.connection)
  }

  /// Waits until the server has done everything that was asked.
  func synchronize() {
    free(xcb_get_input_focus_reply(self.connection, xcb_get_input_focus(self.connection), nil))
  }

  func fill(x: Int, y: Int, width: Int, height: Int, color: UInt32) {
    var color = color
    xcb_change_gc(self.connection, self.context, XCB_GC_FOREGROUND.rawValue, &color)
    var rectangle = xcb_rectangle_t(x: Int16(x), y: Int16(y), width: UInt16(width), height: UInt16(height))
    xcb_poly_fill_rectangle(self.connection, self.window, self.context, 1, &rectangle)
    self.synchronize()
  }

  /// A square cursor whose hot spot is its top-left corner.
  func setCursor(side: UInt16, color: UInt32) {
    self.setCursor(side: side, color: color, isEmpty: false)
  }

  /// What SDL does to hide the pointer: a cursor without any pixel in it.
  func hideCursor() {
    self.setCursor(side: 8, color: 0, isEmpty: true)
  }

  /// The input that has arrived, once there are at least `count` events or two seconds have passed.
  func events(atLeast count: Int) -> [Event] {
    var events: [Event] = []
    for _ in 0..<200 {
      while let event = xcb_poll_for_event(self.connection) {
        if let known = Self.parse(event) { events.append(known) }
        free(event)
      }
      if events.count >= count { break }
      _ = waitReadable(xcb_get_file_descriptor(self.connection), milliseconds: 10)
    }
    return events
  }

  /// What a key types without modifiers, as the server has it now.
  func keysym(of keycode: UInt8) -> UInt32? {
    let request = xcb_get_keyboard_mapping(self.connection, keycode, 1)
    guard let reply = xcb_get_keyboard_mapping_reply(self.connection, request, nil) else { return nil }
    defer { free(reply) }
    return xcb_get_keyboard_mapping_keysyms(reply)?.pointee
  }

  private func setCursor(side: UInt16, color: UInt32, isEmpty: Bool) {
    let pixmap = xcb_generate_id(self.connection)
    xcb_create_pixmap(self.connection, 1, pixmap, self.root, side, side)
    let context = xcb_generate_id(self.connection)
    var foreground: UInt32 = isEmpty ? 0 : 1
    xcb_create_gc(self.connection, context, pixmap, XCB_GC_FOREGROUND.rawValue, &foreground)
    var whole = xcb_rectangle_t(x: 0, y: 0, width: side, height: side)
    xcb_poly_fill_rectangle(self.connection, pixmap, context, 1, &whole)
    let cursor = xcb_generate_id(self.connection)
    func channel(_ shift: UInt32) -> UInt16 { UInt16(color >> shift & 0xFF) * 257 }
    xcb_create_cursor(
      self.connection,
      cursor,
      pixmap,
      pixmap,
      channel(16),
      channel(8),
      channel(0),
      0,
      0,
      0,
      0,
      0
    )
    var value = cursor
    xcb_change_window_attributes(self.connection, self.window, XCB_CW_CURSOR.rawValue, &value)
    self.synchronize()
  }

  private static func parse(_ event: UnsafeMutablePointer<xcb_generic_event_t>) -> Event? {
    // Key, button and motion events have one layout.
    event.withMemoryRebound(to: xcb_key_press_event_t.self, capacity: 1) { event in
      let detail = event.pointee.detail
      return switch Int32(event.pointee.response_type & 0x7F) {
      case XCB_KEY_PRESS: .key(detail, isPressed: true, state: event.pointee.state)
      case XCB_KEY_RELEASE: .key(detail, isPressed: false, state: event.pointee.state)
      case XCB_BUTTON_PRESS: .button(detail, isPressed: true)
      case XCB_BUTTON_RELEASE: .button(detail, isPressed: false)
      case XCB_MOTION_NOTIFY: .motion(x: event.pointee.event_x, y: event.pointee.event_y)
      default: nil
      }
    }
  }
}
