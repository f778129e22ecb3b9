import Glibc
public import MediaUnits

/// Shows pictures in a terminal and reads its keys.
///
/// While it lives the terminal is in raw mode on its alternate screen; both are undone by its end, by `exit` and by
/// fatal signals. One per process; used by one thread at a time.
///
/// A frame's life: ask ``pictureSize(for:)``, scale the frame to it, ``present(_:)``.
public final class TerminalPresenter {
  /// The most pixels that are sent for one frame by either graphics protocol: both cost bytes per pixel.
  public static let maximumGraphicsPixelCount = 640 * 360

  public let capability: TerminalCapability
  private let input: Int32
  private let output: Int32
  private var keyboard: TerminalKeyboard
  private var halfBlocks = HalfBlockRenderer()
  private var sixels = SixelEncoder()
  private var bytes: [UInt8] = []
  private var readBuffer = [UInt8](repeating: 0, count: 1024)
  private var layout = Layout(columns: 80, rows: 24, pixelWidth: 0, pixelHeight: 0)
  private var frameCount = 0

  /// A terminal's size, as `TIOCGWINSZ` reports it; pixels are 0 where it does not know them.
  struct Layout: Hashable {
    var columns: Int
    var rows: Int
    var pixelWidth: Int
    var pixelHeight: Int

    /// Pixels per cell; a usual font's where the terminal does not say.
    var cellWidth: Int { self.pixelWidth > 0 ? max(1, self.pixelWidth / self.columns) : 8 }
    var cellHeight: Int { self.pixelHeight > 0 ? max(1, self.pixelHeight / self.rows) : 16 }
  }

  /// Takes over the terminal.
  ///
  /// - Parameters:
  ///   - input: descriptor to read keys from, usually 0.
  ///   - output: descriptor to draw to, usually 1.
  ///   - capability: what ``TerminalCapability/detect(input:output:timeout:)`` found, or what the user insists on.
  /// - Throws: ``OutputError`` if either descriptor is not a terminal or another presenter has it.
  public init(input: Int32, output: Int32, capability: TerminalCapability) throws(OutputError) {
    guard isatty(output) == 1, let mode = RawMode(descriptor: input) else {
      throw OutputError(operation: "use the terminal", code: ENOTTY)
    }
    let farewell = (capability.reportsKeyReleases ? ANSI.popKeyboard : []) + ANSI.leave
    guard TerminalRestoration.arm(mode: mode, output: output, farewell: farewell) else {
      mode.restore()
      throw OutputError(operation: "use the terminal", code: EBUSY)
    }
    self.input = input
    self.output = output
    self.capability = capability
    self.keyboard = TerminalKeyboard(reportsReleases: capability.reportsKeyReleases)
    _ = OutputDescriptor.writeAll(ANSI.enter + (capability.reportsKeyReleases ? ANSI.pushKeyboard : []), to: output)
  }

  deinit {
    TerminalRestoration.restore()
  }

  /// Gives the terminal back. Nothing may be presented afterwards.
  public func close() {
    TerminalRestoration.restore()
  }

  /// The size to scale a frame to: it fits the terminal as it is now, in the frame's own shape.
  public func pictureSize(for source: PictureSize) -> PictureSize {
    self.refreshLayout()
    return Self.pictureSize(for: source, layout: self.layout, graphics: self.capability.graphics)
  }

  static func pictureSize(
    for source: PictureSize,
    layout: Layout,
    graphics: TerminalCapability.Graphics
  ) -> PictureSize {
    // A half block is as wide as a cell and half as high; in most fonts that is nearly square.
    let available =
      switch graphics {
      case .halfBlocks: (width: layout.columns, height: 2 * layout.rows)
      case .sixel, .kitty:
        // A sixel picture that reaches the last row scrolls the screen.
        (width: layout.columns * layout.cellWidth, height: (layout.rows - 1) * layout.cellHeight)
      }
    var scale = min(
      Double(max(1, available.width)) / Double(source.width),
      Double(max(1, available.height)) / Double(source.height)
    )
    if graphics != .halfBlocks {
      let pixelCount = Double(source.width * source.height)
      scale = min(scale, (Double(Self.maximumGraphicsPixelCount) / pixelCount).squareRoot(), 1)
    }
    return PictureSize(
      width: max(1, Int((Double(source.width) * scale).rounded(.down))),
      height: max(1, Int((Double(source.height) * scale).rounded(.down)))
    )
  }

  /// Draws `picture`, whose size came from ``pictureSize(for:)``, in the middle of the terminal.
  ///
  /// Blocks until the terminal has taken it, which is what keeps a slow terminal on the newest frame.
  ///
  /// - Returns: `false` once the terminal is gone.
  @discardableResult
  public func present(_ picture: BGRXView) -> Bool {
    self.bytes.removeAll(keepingCapacity: true)
    self.bytes.append(contentsOf: ANSI.beginUpdate)
    if self.frameCount == 0 { self.bytes.append(contentsOf: ANSI.clear) }
    switch self.capability.graphics {
    case .halfBlocks:
      let row = max(0, (self.layout.rows - (picture.size.height + 1) / 2) / 2)
      let column = max(0, (self.layout.columns - picture.size.width) / 2)
      self.halfBlocks.render(picture, row: row, column: column, into: &self.bytes)
    case .sixel:
      let rows = (picture.size.height + self.layout.cellHeight - 1) / self.layout.cellHeight
      let columns = (picture.size.width + self.layout.cellWidth - 1) / self.layout.cellWidth
      self.moveToCentre(columns: columns, rows: rows)
      self.sixels.append(picture, into: &self.bytes)
    case .kitty:
      let columns = self.layout.columns
      let rows = self.layout.rows
      let cell = Double(self.layout.cellHeight) / Double(self.layout.cellWidth)
      let shape = Double(picture.size.width) / Double(picture.size.height)
      let shownRows = max(1, min(rows, Int(Double(columns) / (shape * cell))))
      let shownColumns = max(1, min(columns, Int((Double(shownRows) * shape * cell).rounded())))
      self.moveToCentre(columns: shownColumns, rows: shownRows)
      let imageID = 1 + self.frameCount % 2
      KittyGraphicsEncoder.append(
        picture,
        imageID: imageID,
        columns: shownColumns,
        rows: shownRows,
        into: &self.bytes
      )
      if self.frameCount > 0 { KittyGraphicsEncoder.appendDeletion(ofImageID: 3 - imageID, into: &self.bytes) }
    }
    self.bytes.append(contentsOf: ANSI.endUpdate)
    self.frameCount += 1
    return OutputDescriptor.writeAll(self.bytes, to: self.output)
  }

  /// Reads what was typed, without waiting. Drain ``nextInput(now:)`` afterwards.
  ///
  /// - Parameter now: the reader's clock.
  public func readInput(now: Instant) {
    var poll = pollfd(fd: self.input, events: Int16(POLLIN), revents: 0)
    guard Glibc.poll(&poll, 1, 0) > 0 else { return }
    let count = read(self.input, &self.readBuffer, self.readBuffer.count)
    guard count > 0 else { return }
    self.keyboard.handle(self.readBuffer[..<count], now: now)
  }

  /// The next thing that the player did by `now`, or `nil`.
  public func nextInput(now: Instant) -> TerminalKeyboard.Output? {
    self.keyboard.poll(now: now)
  }

  /// When ``nextInput(now:)`` next has something to say without anything being typed.
  public var inputDeadline: Instant? { self.keyboard.deadline }

  private func refreshLayout() {
    var size = winsize()
    guard ioctl(self.output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return }
    let layout = Layout(
      columns: Int(size.ws_col),
      rows: Int(size.ws_row),
      pixelWidth: Int(size.ws_xpixel),
      pixelHeight: Int(size.ws_ypixel)
    )
    guard layout != self.layout else { return }
    self.layout = layout
    self.halfBlocks.invalidate()
    self.frameCount = 0
  }

  private func moveToCentre(columns: Int, rows: Int) {
    let row = max(0, (self.layout.rows - rows) / 2)
    let column = max(0, (self.layout.columns - columns) / 2)
    ANSI.appendMove(row: row, column: column, to: &self.bytes)
  }
}
