import CXCB
import Glibc

extension VideoWindow {
  /// A display that cannot show the window.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done.
    public let operation: String
    public let reason: String

    public var description: String { "\(self.operation): \(self.reason)" }
  }

  /// Owns the window's connection to the X server, and knows what the server offers.
  final class Connection {
    struct Atoms {
      var protocols: xcb_atom_t = 0
      var deleteWindow: xcb_atom_t = 0
      var netName: xcb_atom_t = 0
      var utf8: xcb_atom_t = 0
      var netState: xcb_atom_t = 0
      var netFullscreen: xcb_atom_t = 0
    }

    let pointer: OpaquePointer
    let screen: xcb_screen_t
    let atoms: Atoms
    /// The XInput extension's number, by which its events are told apart.
    let inputOpcode: UInt8
    /// The number of MIT-SHM's completion event; `nil` where memory cannot be shared, such as over a network.
    let shmCompletion: UInt8?

    init(display: String?) throws(Failure) {
      var screenNumber: CInt = 0
      // xcb_connect always returns an object, which must be disconnected even if it is only an error.
      let pointer = xcb_connect(display, &screenNumber)!
      do throws(Failure) {
        let code = xcb_connection_has_error(pointer)
        guard code == 0 else { throw Self.failure(code, display: display) }
        self.screen = try Self.screen(pointer, number: screenNumber)
        guard let input = Self.query("XInputExtension", pointer) else {
          throw Failure(operation: "use XInput", reason: "the server has no XInput")
        }
        let version = xcb_input_xi_query_version_reply(pointer, xcb_input_xi_query_version(pointer, 2, 2), nil)
        defer { free(version) }
        // 2.2 delivers raw motion during a grab; 2.0 did not.
        guard let version, (version.pointee.major_version, version.pointee.minor_version) >= (2, 2) else {
          throw Failure(operation: "use XInput", reason: "the server is older than XInput 2.2")
        }
        self.inputOpcode = input.majorOpcode
        self.shmCompletion = Self.shmCompletion(pointer)
        self.atoms = Atoms(
          protocols: Self.atom("WM_PROTOCOLS", pointer),
          deleteWindow: Self.atom("WM_DELETE_WINDOW", pointer),
          netName: Self.atom("_NET_WM_NAME", pointer),
          utf8: Self.atom("UTF8_STRING", pointer),
          netState: Self.atom("_NET_WM_STATE", pointer),
          netFullscreen: Self.atom("_NET_WM_STATE_FULLSCREEN", pointer)
        )
      } catch {
        xcb_disconnect(pointer)
        throw error
      }
      self.pointer = pointer
    }

    deinit {
      xcb_disconnect(self.pointer)
    }

    /// The first master pointer; a server that was not told otherwise has no other.
    func masterPointer() throws(Failure) -> xcb_input_device_id_t {
      let cookie = xcb_input_xi_query_device(self.pointer, UInt16(XCB_INPUT_DEVICE_ALL_MASTER.rawValue))
      let reply = xcb_input_xi_query_device_reply(self.pointer, cookie, nil)
      defer { free(reply) }
      guard let reply else { throw Failure(operation: "find the pointer", reason: "the server did not answer") }
      var devices = xcb_input_xi_query_device_infos_iterator(reply)
      while devices.rem > 0 {
        if devices.data.pointee.type == UInt16(XCB_INPUT_DEVICE_TYPE_MASTER_POINTER.rawValue) {
          return devices.data.pointee.deviceid
        }
        xcb_input_xi_device_info_next(&devices)
      }
      throw Failure(operation: "find the pointer", reason: "the server has none")
    }

    /// Chooses which XInput events of all master devices `window` gets; 0 for none.
    func select(_ mask: UInt32, on window: xcb_window_t) {
      // xcb_input_event_mask_t with its one mask word behind it.
      let words: [UInt32] = [UInt32(XCB_INPUT_DEVICE_ALL_MASTER.rawValue) | 1 << 16, mask]
      words.withUnsafeBytes { bytes in
        let masks = bytes.baseAddress?.assumingMemoryBound(to: xcb_input_event_mask_t.self)
        _ = xcb_input_xi_select_events(self.pointer, window, 1, masks)
      }
    }

    private static func failure(_ code: CInt, display: String?) -> Failure {
      let named = display ?? getenv("DISPLAY").map { String(cString: $0) }
      guard let named, !named.isEmpty else {
        return Failure(operation: "open a window", reason: "no display is named; set DISPLAY")
      }
      let reason =
        code == XCB_CONN_CLOSED_PARSE_ERR
        ? "that is no display name; correct DISPLAY" : "no server answers there, or it refuses our credentials"
      return Failure(operation: "connect to the display \(named)", reason: reason)
    }

    private static func screen(_ pointer: OpaquePointer, number: CInt) throws(Failure) -> xcb_screen_t {
      guard let setup = xcb_get_setup(pointer) else {
        throw Failure(operation: "connect to the display", reason: "the server sent no setup")
      }
      var screens = xcb_setup_roots_iterator(setup)
      for _ in 0..<max(0, number) where screens.rem > 1 { xcb_screen_next(&screens) }
      guard screens.rem > 0 else { throw Failure(operation: "open a screen", reason: "the server has none") }
      let screen = screens.data.pointee
      var formats = xcb_setup_pixmap_formats_iterator(setup)
      var hasWords = false
      while formats.rem > 0 {
        let format = formats.data.pointee
        if format.depth == screen.root_depth, format.bits_per_pixel == 32 { hasWords = true }
        xcb_format_next(&formats)
      }
      let isLittleEndian = setup.pointee.image_byte_order == UInt8(XCB_IMAGE_ORDER_LSB_FIRST.rawValue)
      guard screen.root_depth == 24, hasWords, isLittleEndian else {
        throw Failure(operation: "open a screen", reason: "it has depth \(screen.root_depth), not 24 in 32 bits")
      }
      return screen
    }

    private static func query(_ name: String, _ pointer: OpaquePointer) -> (majorOpcode: UInt8, firstEvent: UInt8)? {
      let cookie = xcb_query_extension(pointer, UInt16(name.utf8.count), name)
      let reply = xcb_query_extension_reply(pointer, cookie, nil)
      defer { free(reply) }
      guard let reply, reply.pointee.present != 0 else { return nil }
      return (reply.pointee.major_opcode, reply.pointee.first_event)
    }

    /// The completion event's number if the server can share memory by descriptor (MIT-SHM 1.2) with us.
    private static func shmCompletion(_ pointer: OpaquePointer) -> UInt8? {
      guard let shm = Self.query("MIT-SHM", pointer) else { return nil }
      let version = xcb_shm_query_version_reply(pointer, xcb_shm_query_version(pointer), nil)
      defer { free(version) }
      guard let version, (version.pointee.major_version, version.pointee.minor_version) >= (1, 2) else { return nil }
      return shm.firstEvent + UInt8(XCB_SHM_COMPLETION)
    }

    private static func atom(_ name: String, _ pointer: OpaquePointer) -> xcb_atom_t {
      let reply = xcb_intern_atom_reply(pointer, xcb_intern_atom(pointer, 0, UInt16(name.utf8.count), name), nil)
      defer { free(reply) }
      return reply?.pointee.atom ?? 0
    }
  }
}
