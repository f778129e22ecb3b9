import Glibc

/// What a terminal can do for pictures and keys, found out by asking it.
public struct TerminalCapability: Hashable, Sendable {
  public enum Graphics: String, Hashable, Sendable, CaseIterable {
    /// Kitty's graphics protocol: full colour, scaled by the terminal.
    case kitty
    /// Sixels in a fixed palette.
    case sixel
    /// Two pixels a character cell.
    case halfBlocks
  }

  public var graphics: Graphics
  /// Whether the terminal can report key releases (kitty's keyboard protocol).
  public var reportsKeyReleases: Bool

  public init(graphics: Graphics, reportsKeyReleases: Bool) {
    self.graphics = graphics
    self.reportsKeyReleases = reportsKeyReleases
  }

  /// Every terminal answers the last question, so its answer ends the wait.
  static let queries = Array("\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\\u{1B}[?u\u{1B}[c".utf8)

  /// Asks the terminal and waits for its answers.
  ///
  /// Anything typed meanwhile is lost. A terminal that does not answer gets half blocks.
  ///
  /// - Parameters:
  ///   - input: descriptor of a terminal to read from, put into raw mode for the time of the question.
  ///   - output: descriptor of the same terminal to write to.
  ///   - timeout: the longest wait, 0 … 10 s; 200 ms suits most connections.
  public static func detect(input: Int32, output: Int32, timeout: Duration) -> TerminalCapability {
    guard let mode = RawMode(descriptor: input) else { return Self(graphics: .halfBlocks, reportsKeyReleases: false) }
    defer { mode.restore() }
    guard OutputDescriptor.writeAll(Self.queries, to: output) else {
      return Self(graphics: .halfBlocks, reportsKeyReleases: false)
    }
    var answers = Answers()
    var buffer = [UInt8](repeating: 0, count: 512)
    let (seconds, attoseconds) = min(max(timeout, .zero), .seconds(10)).components
    var remaining = Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    while !answers.isComplete, remaining > 0 {
      var poll = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      let before = MonotonicMilliseconds.now
      guard Glibc.poll(&poll, 1, remaining) > 0 else { break }
      remaining -= max(0, MonotonicMilliseconds.now - before)
      let count = read(input, &buffer, buffer.count)
      guard count > 0 else { break }
      answers.take(buffer[..<count])
    }
    return answers.capability
  }

  /// The answers so far; separate from their transport so that it can be tested with recorded bytes.
  struct Answers {
    private var parser = TerminalInputParser()
    private var supportsKittyGraphics = false
    private var supportsSixel = false
    private var reportsKeyReleases = false
    private(set) var isComplete = false

    mutating func take(_ bytes: ArraySlice<UInt8>) {
      var tokens: [TerminalToken] = []
      self.parser.parse(bytes) { tokens.append($0) }
      for token in tokens {
        switch token {
        case .graphicsReply(let isSupported): self.supportsKittyGraphics = isSupported
        case .keyboardFlags: self.reportsKeyReleases = true
        case .deviceAttributes(let attributes):
          self.supportsSixel = attributes.dropFirst().contains(4)
          self.isComplete = true
        case .key, .character: break
        }
      }
    }

    var capability: TerminalCapability {
      TerminalCapability(
        graphics: self.supportsKittyGraphics ? .kitty : self.supportsSixel ? .sixel : .halfBlocks,
        reportsKeyReleases: self.reportsKeyReleases
      )
    }
  }
}

/// The monotonic clock in whole milliseconds, for time limits of this adapter's own.
enum MonotonicMilliseconds {
  static var now: Int32 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int32(truncatingIfNeeded: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
  }
}
