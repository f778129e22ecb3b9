import CXCB
import Glibc
public import MediaUnits

/// Owns one connection to an X server whose screen holds 32-bit pixels.
///
/// Belongs to the thread that uses it. A lost server makes ``isBroken`` true and never ends the process: the first
/// connection makes the process ignore SIGPIPE, which libxcb otherwise raises on writing to a server that is gone.
public struct X11Connection: ~Copyable {
  let pointer: OpaquePointer
  let root: xcb_window_t
  let depth: UInt8
  /// The screen's size when the connection was made.
  public let size: PictureSize

  private static let ignoresBrokenPipes: Void = {
    signal(SIGPIPE, SIG_IGN)
  }()

  /// - Parameters:
  ///   - display: such as `:12`.
  ///   - xauthorityPath: a file with the display's MIT-MAGIC-COOKIE-1; `nil` means what the environment says.
  /// - Throws: ``X11Error``, as a sentence for whoever chose the display.
  public init(display: String, xauthorityPath: String? = nil) throws(X11Error) {
    _ = Self.ignoresBrokenPipes
    var screenNumber: Int32 = 0
    let connection: OpaquePointer?
    if let xauthorityPath {
      var credentials = try X11Credentials(path: xauthorityPath, display: display)
      connection = credentials.name.withUnsafeMutableBytes { name in
        credentials.data.withUnsafeMutableBytes { data in
          var information = xcb_auth_info_t(
            namelen: Int32(name.count),
            name: name.baseAddress?.assumingMemoryBound(to: CChar.self),
            datalen: Int32(data.count),
            data: data.baseAddress?.assumingMemoryBound(to: CChar.self)
          )
          return xcb_connect_to_display_with_auth_info(display, &information, &screenNumber)
        }
      }
    } else {
      connection = xcb_connect(display, &screenNumber)
    }
    // libxcb never returns null, only a connection with an error in it.
    guard let connection else { throw .cannotConnect(display: display, reason: "out of memory") }
    let failure = xcb_connection_has_error(connection)
    guard failure == 0 else {
      xcb_disconnect(connection)
      throw .cannotConnect(
        display: display,
        reason: failure == XCB_CONN_CLOSED_PARSE_ERR
          ? "that is no display name" : "no server answers there, or it refuses our credentials"
      )
    }
    guard let setup = xcb_get_setup(connection), let screen = Self.screen(screenNumber, of: setup) else {
      xcb_disconnect(connection)
      throw .cannotConnect(display: display, reason: "it has no screen \(screenNumber)")
    }
    guard screen.pointee.root_depth == 24, Self.holdsBGRX(screen, setup: setup) else {
      xcb_disconnect(connection)
      throw .unsupportedScreen(depth: Int(screen.pointee.root_depth))
    }
    self.pointer = connection
    self.root = screen.pointee.root
    self.depth = screen.pointee.root_depth
    self.size = PictureSize(width: Int(screen.pointee.width_in_pixels), height: Int(screen.pointee.height_in_pixels))
  }

  deinit {
    xcb_disconnect(self.pointer)
  }

  /// Polls readable when the server has sent something.
  public var fileDescriptor: Int32 {
    xcb_get_file_descriptor(self.pointer)
  }

  /// Whether the server is gone.
  public var isBroken: Bool {
    xcb_connection_has_error(self.pointer) != 0
  }

  /// Sends what has been asked for so far.
  public func flush() {
    _ = xcb_flush(self.pointer)
  }

  /// The next event that has arrived, without waiting; the caller frees it.
  func pollEvent() -> UnsafeMutablePointer<xcb_generic_event_t>? {
    xcb_poll_for_event(self.pointer)
  }

  /// Turns a missing reply into its reason.
  ///
  /// - Parameter failure: what the reply function stored; freed here.
  func error(
    of request: String,
    _ failure: UnsafeMutablePointer<xcb_generic_error_t>?
  ) -> X11Error {
    defer { free(failure) }
    guard !self.isBroken, let failure else { return .connectionLost }
    return .requestFailed(request: request, code: failure.pointee.error_code)
  }

  private static func screen(_ number: Int32, of setup: UnsafePointer<xcb_setup_t>) -> UnsafeMutablePointer<
    xcb_screen_t
  >? {
    var iterator = xcb_setup_roots_iterator(setup)
    for _ in 0..<number where iterator.rem > 0 { xcb_screen_next(&iterator) }
    return iterator.rem > 0 ? iterator.data : nil
  }

  /// - Parameter screen: within the setup; the lists of what it can show follow it there.
  private static func holdsBGRX(
    _ screen: UnsafeMutablePointer<xcb_screen_t>,
    setup: UnsafePointer<xcb_setup_t>
  ) -> Bool {
    guard setup.pointee.image_byte_order == UInt8(XCB_IMAGE_ORDER_LSB_FIRST.rawValue) else { return false }
    var formats = xcb_setup_pixmap_formats_iterator(setup)
    while formats.rem > 0 {
      let format = formats.data.pointee
      if format.depth == screen.pointee.root_depth, format.bits_per_pixel != 32 { return false }
      xcb_format_next(&formats)
    }
    var depths = xcb_screen_allowed_depths_iterator(screen)
    while depths.rem > 0 {
      var visuals = xcb_depth_visuals_iterator(depths.data)
      while visuals.rem > 0 {
        let visual = visuals.data.pointee
        if visual.visual_id == screen.pointee.root_visual {
          return visual.red_mask == 0xFF0000 && visual.green_mask == 0xFF00 && visual.blue_mask == 0xFF
        }
        xcb_visualtype_next(&visuals)
      }
      xcb_depth_next(&depths)
    }
    return false
  }
}
