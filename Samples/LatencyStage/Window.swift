import CStage
import Glibc

/// Owns an X window over the screen's top-left corner and the picture in it.
struct Window: ~Copyable {
  let width: Int
  let height: Int
  /// `width * height` pixels of blue, green, red, unused.
  let pixels: UnsafeMutablePointer<UInt32>
  private let connection: OpaquePointer
  private let window: xcb_window_t
  private let context: xcb_gcontext_t
  private let segment: xcb_shm_seg_t

  /// - Parameters:
  ///   - width: 0 means the screen's.
  ///   - height: 0 means the screen's.
  /// - Returns: `nil` if there is no X server that takes shared memory.
  init?(width: Int, height: Int) {
    guard let connection = xcb_connect(nil, nil), xcb_connection_has_error(connection) == 0,
      let setup = xcb_get_setup(connection)
    else { return nil }
    let screen = xcb_setup_roots_iterator(setup).data.pointee
    let width = width > 0 ? width : Int(screen.width_in_pixels)
    let height = height > 0 ? height : Int(screen.height_in_pixels)
    let byteCount = 4 * width * height
    let descriptor = shim_shared_memory(byteCount)
    guard descriptor >= 0,
      let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
    else { return nil }
    let window = xcb_generate_id(connection)
    let events =
      XCB_EVENT_MASK_KEY_PRESS.rawValue | XCB_EVENT_MASK_BUTTON_PRESS.rawValue
    // In the order of their bits: background, override-redirect, events, cursor.
    let cursor = Self.emptyCursor(connection, root: screen.root)
    var values: [UInt32] = [screen.black_pixel, 1, events, cursor]
    xcb_create_window(
      connection,
      UInt8(XCB_COPY_FROM_PARENT),
      window,
      screen.root,
      0,
      0,
      UInt16(width),
      UInt16(height),
      0,
      UInt16(XCB_WINDOW_CLASS_INPUT_OUTPUT.rawValue),
      screen.root_visual,
      XCB_CW_BACK_PIXEL.rawValue | XCB_CW_OVERRIDE_REDIRECT.rawValue | XCB_CW_EVENT_MASK.rawValue
        | XCB_CW_CURSOR.rawValue,
      &values
    )
    xcb_map_window(connection, window)
    xcb_set_input_focus(connection, UInt8(XCB_INPUT_FOCUS_POINTER_ROOT.rawValue), window, UInt32(XCB_CURRENT_TIME))
    // A key that is held counts once.
    var repeats = XCB_AUTO_REPEAT_MODE_OFF.rawValue
    xcb_change_keyboard_control(connection, XCB_KB_AUTO_REPEAT_MODE.rawValue, &repeats)
    let context = xcb_generate_id(connection)
    xcb_create_gc(connection, context, window, 0, nil)
    let segment = xcb_generate_id(connection)
    guard xcb_request_check(connection, xcb_shm_attach_fd_checked(connection, segment, descriptor, 1)) == nil else {
      return nil
    }
    self.width = width
    self.height = height
    self.pixels = memory.assumingMemoryBound(to: UInt32.self)
    self.connection = connection
    self.window = window
    self.context = context
    self.segment = segment
  }

  deinit {
    munmap(self.pixels, 4 * self.width * self.height)
    xcb_disconnect(self.connection)
  }

  var fileDescriptor: Int32 { xcb_get_file_descriptor(self.connection) }

  var isBroken: Bool { xcb_connection_has_error(self.connection) != 0 }

  /// Presses of keys and buttons that have arrived since the last call, without waiting.
  func pressCount() -> Int {
    var count = 0
    while let event = xcb_poll_for_event(self.connection) {
      let type = Int32(event.pointee.response_type & 0x7F)
      if type == XCB_KEY_PRESS || type == XCB_BUTTON_PRESS { count += 1 }
      free(event)
    }
    return count
  }

  /// Shows the picture; it may be drawn over once this returns.
  ///
  /// - Parameter willSend: called just before the request leaves.
  func show(willSend: () -> Void) {
    xcb_shm_put_image(
      self.connection,
      self.window,
      self.context,
      UInt16(self.width),
      UInt16(self.height),
      0,
      0,
      UInt16(self.width),
      UInt16(self.height),
      0,
      0,
      24,
      UInt8(XCB_IMAGE_FORMAT_Z_PIXMAP.rawValue),
      0,
      self.segment,
      0
    )
    let fence = xcb_get_input_focus_unchecked(self.connection)
    willSend()
    xcb_flush(self.connection)
    // The server has read the picture when it answers what was asked after it.
    free(xcb_get_input_focus_reply(self.connection, fence, nil))
  }

  /// A cursor without a pixel in it, so that the pointer never covers the strip.
  private static func emptyCursor(_ connection: OpaquePointer, root: xcb_window_t) -> xcb_cursor_t {
    let pixmap = xcb_generate_id(connection)
    xcb_create_pixmap(connection, 1, pixmap, root, 1, 1)
    let context = xcb_generate_id(connection)
    var foreground: UInt32 = 0
    xcb_create_gc(connection, context, pixmap, XCB_GC_FOREGROUND.rawValue, &foreground)
    var pixel = xcb_rectangle_t(x: 0, y: 0, width: 1, height: 1)
    xcb_poly_fill_rectangle(connection, pixmap, context, 1, &pixel)
    let cursor = xcb_generate_id(connection)
    xcb_create_cursor(connection, cursor, pixmap, pixmap, 0, 0, 0, 0, 0, 0, 0, 0)
    return cursor
  }
}
