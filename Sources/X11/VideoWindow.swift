import CXCB
public import MediaUnits
public import SessionProtocol

/// A window that shows pictures and says what its user does.
///
/// It has an X connection of its own and is used by one thread at a time. A picture's life: ask ``withBackBuffer(_:)``
/// for memory that the X server shares, convert or scale the frame into it, ``present()``. Wait on ``fileDescriptor``
/// and drain ``nextEvent()`` until `nil`, also right after presenting: events may already have been read.
///
/// Three shortcuts stay here: Ctrl+Alt+G takes or gives back the pointer, F11 and Ctrl+Alt+Enter switch full screen.
/// Four more are told as ``Shortcut``.
/// Losing the focus gives the pointer back and releases every key and button that was held.
public final class VideoWindow {
  public enum Event: Hashable, Sendable {
    case input(InputEvent)
    /// The user wants the window closed; it stays until it is let go.
    case closed
    /// The window has a new size; the next back buffer has it too.
    case resized(PictureSize)
    /// Part of the window shows nothing: present again.
    case exposed
    /// The user wants another stream.
    case shortcut(Shortcut)
  }

  /// What the user can ask for with Ctrl+Alt and a key.
  public enum Shortcut: Hashable, Sendable {
    /// Page Up.
    case largerPicture
    /// Page Down.
    case smallerPicture
    /// R.
    case otherRate
    /// C.
    case otherCodec
  }

  /// The part of the window that the picture fills, in pixels; the rest is the caller's black border.
  public struct Area: Hashable, Sendable {
    public var x: Int
    public var y: Int
    public var size: PictureSize

    public init(x: Int, y: Int, size: PictureSize) {
      self.x = x
      self.y = y
      self.size = size
    }
  }

  let connection: Connection
  let window: xcb_window_t
  let context: xcb_gcontext_t
  let blankCursor: xcb_cursor_t
  let pointerDevice: xcb_input_device_id_t
  var buffers: [Buffer] = []
  var backIndex = 0
  var pending: [Event] = []
  var nextPending = 0
  /// Evdev codes of the keys and buttons that are down; buttons begin at 0x110.
  var held: [UInt16] = []
  /// Fractions of a pixel that pointer motion has not come to yet.
  var motionRest = (x: 0.0, y: 0.0)

  /// The window's size in pixels.
  public internal(set) var size: PictureSize
  /// Whether the pointer is hidden, kept, and reported as relative motion.
  public internal(set) var isGrabbed = false
  /// Where the picture lies, which absolute pointer positions count from; `nil` is the whole window.
  public var pictureArea: Area?
  /// Pictures that ``withBackBuffer(_:)`` had no room for, since the X server was still reading both buffers.
  public private(set) var busyCount = 0

  /// Opens a window.
  ///
  /// - Parameters:
  ///   - title: the window manager shows it.
  ///   - size: the first size; the window manager may decide otherwise.
  ///   - display: such as `:0`; `nil` means `DISPLAY`.
  /// - Throws: ``Failure`` if the display cannot be reached, lacks 24-bit colour, or lacks XInput 2.2.
  public init(title: String, size: PictureSize, display: String? = nil) throws(Failure) {
    let connection = try Connection(display: display)
    self.connection = connection
    self.size = size
    self.window = xcb_generate_id(connection.pointer)
    self.context = xcb_generate_id(connection.pointer)
    self.blankCursor = xcb_generate_id(connection.pointer)
    self.pointerDevice = try connection.masterPointer()
    self.createWindow()
    self.setTitle(title)
    self.selectInput()
    xcb_map_window(connection.pointer, self.window)
    xcb_flush(connection.pointer)
  }

  deinit {
    for buffer in self.buffers { buffer.release(from: self.connection) }
    xcb_destroy_window(self.connection.pointer, self.window)
    xcb_flush(self.connection.pointer)
  }

  /// Readable when there may be something for ``nextEvent()``.
  public var fileDescriptor: Int32 {
    xcb_get_file_descriptor(self.connection.pointer)
  }

  public func setTitle(_ title: String) {
    let bytes = Array(title.utf8)
    let atoms = self.connection.atoms
    for (property, type) in [(XCB_ATOM_WM_NAME.rawValue, XCB_ATOM_STRING.rawValue), (atoms.netName, atoms.utf8)] {
      xcb_change_property(
        self.connection.pointer,
        UInt8(XCB_PROP_MODE_REPLACE.rawValue),
        self.window,
        property,
        type,
        8,
        UInt32(bytes.count),
        bytes
      )
    }
    xcb_flush(self.connection.pointer)
  }

  /// Asks the window manager to switch between full screen and a window. ``Event/resized(_:)`` follows if it does.
  public func toggleFullscreen() {
    var message = xcb_client_message_event_t()
    message.response_type = UInt8(XCB_CLIENT_MESSAGE)
    message.format = 32
    message.window = self.window
    message.type = self.connection.atoms.netState
    // _NET_WM_STATE_TOGGLE, the state, no second state, from an application (EWMH 1.5).
    message.data.data32 = (2, self.connection.atoms.netFullscreen, 0, 1, 0)
    let mask = XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT.rawValue | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY.rawValue
    withUnsafeBytes(of: message) { bytes in
      _ = xcb_send_event(
        self.connection.pointer,
        0,
        self.connection.screen.root,
        mask,
        bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      )
    }
    xcb_flush(self.connection.pointer)
  }

  // MARK: Pictures

  /// Hands out the buffer that is not on the screen, of the window's size and undefined content.
  ///
  /// - Returns: `false`, without calling `body`, while the X server still reads both buffers: skip this frame.
  /// - Throws: ``Failure`` if memory cannot be shared after a change of size.
  public func withBackBuffer(_ body: (BGRXView) -> Void) throws(Failure) -> Bool {
    try self.prepareBuffers()
    if self.buffers[self.backIndex].isBusy {
      self.readEvents()
      guard !self.buffers[self.backIndex].isBusy else {
        self.busyCount += 1
        return false
      }
    }
    let buffer = self.buffers[self.backIndex]
    let pixels = buffer.memory.assumingMemoryBound(to: UInt8.self)
    body(BGRXView(size: buffer.size, pixels: pixels, stride: 4 * buffer.size.width))
    return true
  }

  /// Shows what was last written into the back buffer, and makes the other buffer the back one.
  public func present() {
    guard self.backIndex < self.buffers.count, !self.buffers[self.backIndex].isBusy else { return }
    self.buffers[self.backIndex].put(to: self)
    self.backIndex = 1 - self.backIndex
    xcb_flush(self.connection.pointer)
  }

  private func prepareBuffers() throws(Failure) {
    guard self.buffers.first?.size != self.size else { return }
    for buffer in self.buffers { buffer.release(from: self.connection) }
    self.buffers.removeAll(keepingCapacity: true)
    for _ in 0..<2 { self.buffers.append(try Buffer(size: self.size, connection: self.connection)) }
    self.backIndex = 0
  }

  // MARK: Set-up

  private func createWindow() {
    let connection = self.connection.pointer
    let screen = self.connection.screen
    let values: [UInt32] = [
      screen.black_pixel,
      XCB_GRAVITY_NORTH_WEST.rawValue,
      XCB_EVENT_MASK_STRUCTURE_NOTIFY.rawValue | XCB_EVENT_MASK_EXPOSURE.rawValue,
    ]
    xcb_create_window(
      connection,
      UInt8(XCB_COPY_FROM_PARENT),
      self.window,
      screen.root,
      0,
      0,
      UInt16(clamping: self.size.width),
      UInt16(clamping: self.size.height),
      0,
      UInt16(XCB_WINDOW_CLASS_INPUT_OUTPUT.rawValue),
      screen.root_visual,
      XCB_CW_BACK_PIXEL.rawValue | XCB_CW_BIT_GRAVITY.rawValue | XCB_CW_EVENT_MASK.rawValue,
      values
    )
    var exposures: UInt32 = 0
    xcb_create_gc(connection, self.context, self.window, XCB_GC_GRAPHICS_EXPOSURES.rawValue, &exposures)

    let pixmap = xcb_generate_id(connection)
    xcb_create_pixmap(connection, 1, pixmap, self.window, 1, 1)
    // The pixmap is its own mask; which of it is drawn does not matter while both colours are cleared.
    let eraser = xcb_generate_id(connection)
    xcb_create_gc(connection, eraser, pixmap, 0, nil)
    var dot = xcb_rectangle_t(x: 0, y: 0, width: 1, height: 1)
    var zero: UInt32 = 0
    xcb_change_gc(connection, eraser, XCB_GC_FOREGROUND.rawValue, &zero)
    xcb_poly_fill_rectangle(connection, pixmap, eraser, 1, &dot)
    xcb_create_cursor(connection, self.blankCursor, pixmap, pixmap, 0, 0, 0, 0, 0, 0, 0, 0)
    xcb_free_gc(connection, eraser)
    xcb_free_pixmap(connection, pixmap)

    var delete = self.connection.atoms.deleteWindow
    xcb_change_property(
      connection,
      UInt8(XCB_PROP_MODE_REPLACE.rawValue),
      self.window,
      self.connection.atoms.protocols,
      XCB_ATOM_ATOM.rawValue,
      32,
      1,
      &delete
    )
    let name = Array("martlet\0Martlet\0".utf8)  // instance and class, by which window managers group
    xcb_change_property(
      connection,
      UInt8(XCB_PROP_MODE_REPLACE.rawValue),
      self.window,
      XCB_ATOM_WM_CLASS.rawValue,
      XCB_ATOM_STRING.rawValue,
      8,
      UInt32(name.count),
      name
    )
  }

  private func selectInput() {
    let mask =
      XCB_INPUT_XI_EVENT_MASK_KEY_PRESS.rawValue | XCB_INPUT_XI_EVENT_MASK_KEY_RELEASE.rawValue
      | XCB_INPUT_XI_EVENT_MASK_BUTTON_PRESS.rawValue | XCB_INPUT_XI_EVENT_MASK_BUTTON_RELEASE.rawValue
      | XCB_INPUT_XI_EVENT_MASK_MOTION.rawValue | XCB_INPUT_XI_EVENT_MASK_FOCUS_OUT.rawValue
    self.connection.select(mask, on: self.window)
  }
}
