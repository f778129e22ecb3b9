import Glibc
import MediaUnits
import SessionProtocol
import Testing

@testable import Presentation

@Suite("Terminal presenter", .timeLimit(.minutes(1)), .serialized)
struct TerminalPresenterTests {
  /// Both ends of a pseudo-terminal.
  private struct PseudoTerminal: ~Copyable {
    let master: Int32
    let slave: Int32

    init() throws {
      // What posix_openpt, unlockpt and ptsname come to; Swift's Glibc does not show them.
      let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var isLocked: Int32 = 0
      var number: UInt32 = 0
      try #require(master >= 0 && ioctl(master, 0x4004_5431, &isLocked) == 0)  // TIOCSPTLCK
      try #require(ioctl(master, 0x8004_5430, &number) == 0)  // TIOCGPTN
      let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
      try #require(slave >= 0)
      var size = winsize(ws_row: 6, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0)
      try #require(ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
      self.master = master
      self.slave = slave
    }

    deinit {
      close(self.master)
      close(self.slave)
    }

    func type(_ text: String) {
      _ = OutputDescriptor.writeAll(Array(text.utf8), to: self.master)
    }

    /// What was drawn so far.
    func drawn() -> String {
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      for _ in 0..<1000 {
        var poll = pollfd(fd: self.master, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, 50) > 0 else { break }
        let count = read(self.master, &buffer, buffer.count)
        guard count > 0 else { break }
        bytes.append(contentsOf: buffer[..<count])
      }
      return String(decoding: bytes, as: UTF8.self)
    }

    var localModes: tcflag_t {
      var settings = termios()
      tcgetattr(self.slave, &settings)
      return settings.c_lflag
    }
  }

  @Test("a terminal's answers are heard, and a silent one gets half blocks")
  func detection() throws {
    let terminal = try PseudoTerminal()
    let modes = terminal.localModes
    terminal.type("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?0u\u{1B}[?62;c")
    let found = TerminalCapability.detect(input: terminal.slave, output: terminal.slave, timeout: .seconds(5))
    #expect(found == TerminalCapability(graphics: .kitty, reportsKeyReleases: true))
    #expect(terminal.localModes == modes)
    let silent = TerminalCapability.detect(input: terminal.slave, output: terminal.slave, timeout: .milliseconds(30))
    #expect(silent == TerminalCapability(graphics: .halfBlocks, reportsKeyReleases: false))
  }

  @Test("pictures are drawn, keys are read, and the terminal is given back as it was")
  func session() throws {
    let terminal = try PseudoTerminal()
    let modes = terminal.localModes
    let presenter = try TerminalPresenter(
      input: terminal.slave,
      output: terminal.slave,
      capability: TerminalCapability(graphics: .halfBlocks, reportsKeyReleases: true)
    )
    #expect(terminal.localModes & tcflag_t(ICANON | ECHO | ISIG) == 0)
    #expect(presenter.pictureSize(for: PictureSize(width: 640, height: 480)) == PictureSize(width: 16, height: 12))
    let picture = TestPicture(width: 16, height: 12) { _, _ in 0x102030 }  // few bytes: nobody reads meanwhile
    #expect(presenter.present(picture.view))
    let drawn = terminal.drawn()
    #expect(drawn.hasPrefix("\u{1B}[?1049h"))
    #expect(drawn.contains("\u{1B}[1;13H"))  // 16 columns in the middle of 40
    #expect(drawn.utf8.count { $0 == 0xE2 } == 16 * 6)

    terminal.type("\u{1B}[97u")
    presenter.readInput(now: .zero)
    #expect(presenter.nextInput(now: .zero) == .input(.key(code: 30, isPressed: true)))
    #expect(throws: OutputError.self) {
      try TerminalPresenter(input: terminal.slave, output: terminal.slave, capability: presenter.capability)
    }
    presenter.close()
    #expect(terminal.localModes == modes)
    #expect(terminal.drawn().hasSuffix("\u{1B}[<u\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"))
  }

  @Test("a file is no terminal")
  func noTerminal() throws {
    let null = open("/dev/null", O_RDWR)
    defer { close(null) }
    let capability = TerminalCapability.detect(input: null, output: null, timeout: .seconds(1))
    #expect(capability.graphics == .halfBlocks)
    #expect(throws: OutputError.self) {
      try TerminalPresenter(input: null, output: null, capability: capability)
    }
  }
}
