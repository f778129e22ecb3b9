import Glibc

/// A terminal's line discipline switched off: keys arrive at once, unechoed, and none of them is a signal.
struct RawMode {
  private let descriptor: Int32
  private var saved: termios

  /// `nil` if `descriptor` is not a terminal.
  init?(descriptor: Int32) {
    var settings = termios()
    guard tcgetattr(descriptor, &settings) == 0 else { return nil }
    self.descriptor = descriptor
    self.saved = settings
    cfmakeraw(&settings)
    // Reads return what there is, at once.
    withUnsafeMutableBytes(of: &settings.c_cc) { characters in
      characters[Int(VMIN)] = 0
      characters[Int(VTIME)] = 0
    }
    guard tcsetattr(descriptor, TCSANOW, &settings) == 0 else { return nil }
  }

  func restore() {
    var settings = self.saved
    _ = tcsetattr(self.descriptor, TCSANOW, &settings)
  }
}
