import CXCB
import MediaUnits
import SessionProtocol

extension VideoWindow {
  /// The next thing that happened; `nil` if nothing has.
  ///
  /// - Throws: ``Failure`` once the connection is lost.
  public func nextEvent() throws(Failure) -> Event? {
    if self.nextPending == self.pending.count {
      self.pending.removeAll(keepingCapacity: true)
      self.nextPending = 0
      self.readEvents()
    }
    guard self.nextPending < self.pending.count else {
      let code = xcb_connection_has_error(self.connection.pointer)
      guard code == 0 else { throw Failure(operation: "read from the display", reason: "xcb error \(code)") }
      return nil
    }
    defer { self.nextPending += 1 }
    return self.pending[self.nextPending]
  }

  /// Takes in whatever has arrived, without waiting.
  func readEvents() {
    while let event = xcb_poll_for_event(self.connection.pointer) {
      self.translate(event)
      free(event)
    }
  }

  private func translate(_ event: UnsafeMutablePointer<xcb_generic_event_t>) {
    // The top bit marks events that another client sent.
    let type = event.pointee.response_type & 0x7F
    if type == self.connection.shmCompletion {
      let segment = Self.cast(event, to: xcb_shm_completion_event_t.self).pointee.shmseg
      // A buffer of an earlier size may complete late; it is no longer there to be freed.
      self.buffers.first { $0.segment == segment }?.isBusy = false
      return
    }
    switch CInt(type) {
    case XCB_GE_GENERIC: self.translateInput(event)
    case XCB_EXPOSE:
      // Exposures come in runs; the last one says 0.
      if Self.cast(event, to: xcb_expose_event_t.self).pointee.count == 0 { self.pending.append(.exposed) }
    case XCB_CONFIGURE_NOTIFY:
      let change = Self.cast(event, to: xcb_configure_notify_event_t.self).pointee
      let size = PictureSize(width: max(1, Int(change.width)), height: max(1, Int(change.height)))
      guard size != self.size else { return }
      self.size = size
      self.pending.append(.resized(size))
    case XCB_CLIENT_MESSAGE:
      let message = Self.cast(event, to: xcb_client_message_event_t.self).pointee
      if message.type == self.connection.atoms.protocols, message.data.data32.0 == self.connection.atoms.deleteWindow {
        self.pending.append(.closed)
      }
    default: break
    }
  }

  private func translateInput(_ event: UnsafeMutablePointer<xcb_generic_event_t>) {
    let header = Self.cast(event, to: xcb_ge_generic_event_t.self).pointee
    guard header.extension == self.connection.inputOpcode else { return }
    switch CInt(header.event_type) {
    case XCB_INPUT_KEY_PRESS:
      let key = Self.cast(event, to: xcb_input_key_press_event_t.self).pointee
      guard key.flags & XCB_INPUT_KEY_EVENT_FLAGS_KEY_REPEAT.rawValue == 0 else { return }
      self.press(key: key.detail)
    case XCB_INPUT_KEY_RELEASE:
      let key = Self.cast(event, to: xcb_input_key_press_event_t.self).pointee
      if let code = Self.evdevCode(keycode: key.detail) { self.release(code) }
    case XCB_INPUT_BUTTON_PRESS:
      self.handle(button: Self.cast(event, to: xcb_input_button_press_event_t.self).pointee.detail, isPressed: true)
    case XCB_INPUT_BUTTON_RELEASE:
      self.handle(button: Self.cast(event, to: xcb_input_button_press_event_t.self).pointee.detail, isPressed: false)
    case XCB_INPUT_MOTION:
      let motion = Self.cast(event, to: xcb_input_motion_event_t.self).pointee
      guard !self.isGrabbed else { return }
      self.movePointer(x: Double(motion.event_x) / 65_536, y: Double(motion.event_y) / 65_536)
    case XCB_INPUT_RAW_MOTION:
      guard self.isGrabbed else { return }
      self.handleRawMotion(event)
    case XCB_INPUT_FOCUS_OUT:
      self.setGrabbed(false)
      self.releaseAll()
    default: break
    }
  }

  // MARK: Keys

  /// X keycodes are evdev codes plus 8 on every server with the evdev or libinput rules.
  private static func evdevCode(keycode: UInt32) -> UInt16? {
    (9...255).contains(keycode) ? UInt16(keycode - 8) : nil
  }

  private func press(key keycode: UInt32) {
    guard let code = Self.evdevCode(keycode: keycode), !self.held.contains(code) else { return }
    let hasControl = self.held.contains(29) || self.held.contains(97)
    let hasAlt = self.held.contains(56) || self.held.contains(100)
    switch code {
    case 34 where hasControl && hasAlt:  // G
      self.releaseAll()
      self.setGrabbed(!self.isGrabbed)
    case 28 where hasControl && hasAlt:  // Enter
      self.releaseAll()
      self.toggleFullscreen()
    case 104 where hasControl && hasAlt:  // Page Up
      self.take(.largerPicture)
    case 109 where hasControl && hasAlt:  // Page Down
      self.take(.smallerPicture)
    case 19 where hasControl && hasAlt:  // R
      self.take(.otherRate)
    case 46 where hasControl && hasAlt:  // C
      self.take(.otherCodec)
    case 87:  // F11
      self.toggleFullscreen()
    default:
      self.held.append(code)
      self.pending.append(.input(.key(code: code, isPressed: true)))
    }
  }

  private func take(_ shortcut: Shortcut) {
    self.releaseAll()
    self.pending.append(.shortcut(shortcut))
  }

  /// Releases a key or button; one that was never reported as pressed is not reported now.
  private func release(_ code: UInt16) {
    guard let index = self.held.firstIndex(of: code) else { return }
    self.held.remove(at: index)
    self.pending.append(Self.released(code))
  }

  private func releaseAll() {
    for code in self.held { self.pending.append(Self.released(code)) }
    self.held.removeAll(keepingCapacity: true)
  }

  private static func released(_ code: UInt16) -> Event {
    .input(code >= 0x110 ? .button(code: code, isPressed: false) : .key(code: code, isPressed: false))
  }

  // MARK: Pointer

  private func handle(button: UInt32, isPressed: Bool) {
    switch button {
    case 4 where isPressed: self.pending.append(.input(.wheel(deltaX: 0, deltaY: 120)))
    case 5 where isPressed: self.pending.append(.input(.wheel(deltaX: 0, deltaY: -120)))
    case 6 where isPressed: self.pending.append(.input(.wheel(deltaX: -120, deltaY: 0)))
    case 7 where isPressed: self.pending.append(.input(.wheel(deltaX: 120, deltaY: 0)))
    case 1: self.handle(buttonCode: 0x110, isPressed: isPressed)
    case 2: self.handle(buttonCode: 0x112, isPressed: isPressed)
    case 3: self.handle(buttonCode: 0x111, isPressed: isPressed)
    case 8: self.handle(buttonCode: 0x113, isPressed: isPressed)
    case 9: self.handle(buttonCode: 0x114, isPressed: isPressed)
    default: break
    }
  }

  private func handle(buttonCode code: UInt16, isPressed: Bool) {
    guard isPressed else { return self.release(code) }
    guard !self.held.contains(code) else { return }
    self.held.append(code)
    self.pending.append(.input(.button(code: code, isPressed: true)))
  }

  private func movePointer(x: Double, y: Double) {
    let area = self.pictureArea ?? Area(x: 0, y: 0, size: self.size)
    func fraction(_ position: Double, _ start: Int, _ extent: Int) -> UInt16 {
      let value = (position - Double(start)) / Double(max(1, extent - 1)) * 65_535
      return UInt16(min(max(value, 0), 65_535))
    }
    let event = InputEvent.pointerPosition(
      x: fraction(x, area.x, area.size.width),
      y: fraction(y, area.y, area.size.height)
    )
    // Of positions that nobody has asked for yet, only the newest matters.
    if self.nextPending < self.pending.count, case .input(.pointerPosition) = self.pending[self.pending.count - 1] {
      self.pending[self.pending.count - 1] = .input(event)
    } else {
      self.pending.append(.input(event))
    }
  }

  /// Reads a raw event's axis values, which follow the fixed part and its mask of present axes.
  ///
  /// - Source: XI2proto, RawEvent; 4 octets more than there, since xcb stores the full sequence number at octet 32.
  private func handleRawMotion(_ event: UnsafeMutablePointer<xcb_generic_event_t>) {
    let raw = Self.cast(event, to: xcb_input_raw_motion_event_t.self)
    let maskLength = Int(raw.pointee.valuators_len)
    guard maskLength > 0, 4 * Int(raw.pointee.length) >= 4 * maskLength else { return }
    let words = UnsafeRawPointer(raw + 1)
    let axes = words.load(as: UInt32.self)
    guard 4 * Int(raw.pointee.length) >= 4 * maskLength + 8 * (axes & 3).nonzeroBitCount else { return }
    var offset = 4 * maskLength
    func next() -> Double {
      let value = words.loadUnaligned(fromByteOffset: offset, as: xcb_input_fp3232_t.self)
      offset += 8
      return Double(value.integral) + Double(value.frac) / 4_294_967_296
    }
    if axes & 1 != 0 { self.motionRest.x += next() }
    if axes & 2 != 0 { self.motionRest.y += next() }
    let deltaX = Int16(min(max(self.motionRest.x, -32_768), 32_767))
    let deltaY = Int16(min(max(self.motionRest.y, -32_768), 32_767))
    guard deltaX != 0 || deltaY != 0 else { return }
    self.motionRest.x -= Double(deltaX)
    self.motionRest.y -= Double(deltaY)
    self.pending.append(.input(.pointerMotion(deltaX: deltaX, deltaY: deltaY)))
  }

  /// Takes the pointer, hides it and reports its motion; or gives it back.
  ///
  /// Absolute devices, such as tablets and most virtual machines' pointers, have no motion to report while grabbed.
  public func setGrabbed(_ isGrabbed: Bool) {
    guard isGrabbed != self.isGrabbed else { return }
    let connection = self.connection
    if isGrabbed {
      var mask =
        XCB_INPUT_XI_EVENT_MASK_BUTTON_PRESS.rawValue | XCB_INPUT_XI_EVENT_MASK_BUTTON_RELEASE.rawValue
        | XCB_INPUT_XI_EVENT_MASK_MOTION.rawValue
      let cookie = xcb_input_xi_grab_device(
        connection.pointer,
        self.window,
        0,
        self.blankCursor,
        self.pointerDevice,
        UInt8(XCB_INPUT_GRAB_MODE_22_ASYNC.rawValue),
        UInt8(XCB_INPUT_GRAB_MODE_22_ASYNC.rawValue),
        0,
        1,
        &mask
      )
      let reply = xcb_input_xi_grab_device_reply(connection.pointer, cookie, nil)
      defer { free(reply) }
      guard let reply, reply.pointee.status == UInt8(XCB_GRAB_STATUS_SUCCESS.rawValue) else { return }
      connection.select(XCB_INPUT_XI_EVENT_MASK_RAW_MOTION.rawValue, on: connection.screen.root)
    } else {
      connection.select(0, on: connection.screen.root)
      xcb_input_xi_ungrab_device(connection.pointer, 0, self.pointerDevice)
    }
    self.motionRest = (0, 0)
    self.isGrabbed = isGrabbed
    xcb_flush(connection.pointer)
  }

  private static func cast<Specific>(
    _ event: UnsafeMutablePointer<xcb_generic_event_t>,
    to type: Specific.Type
  ) -> UnsafeMutablePointer<Specific> {
    UnsafeMutableRawPointer(event).assumingMemoryBound(to: type)
  }
}
