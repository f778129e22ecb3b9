/// Why an X server could not be used.
public enum X11Error: Error, Hashable, Sendable {
  /// No connection: there is no server, or it refused the credentials.
  case cannotConnect(display: String, reason: String)
  /// The file of X credentials could not be used.
  case unusableCredentials(path: String, reason: String)
  /// The server lacks an extension that is needed, or has too old a version of it.
  case missingExtension(String)
  /// The screen does not hold 32-bit pixels of blue, green, red.
  case unsupportedScreen(depth: Int)
  /// A client changed the screen's size, which a stream in progress cannot follow.
  case screenResized(width: Int, height: Int)
  /// Memory to share with the server could not be had.
  case noSharedMemory(errno: Int32)
  /// The server answered with an error.
  case requestFailed(request: String, code: UInt8)
  /// The server ended or closed the connection. Nothing else will work on it.
  case connectionLost
}

extension X11Error: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotConnect(let display, let reason):
      "cannot connect to the X display \(display): \(reason)"
    case .unusableCredentials(let path, let reason):
      "cannot use the X credentials in \(path): \(reason)"
    case .missingExtension(let name):
      "the X server does not offer the \(name) extension"
    case .unsupportedScreen(let depth):
      "the X screen has depth \(depth) or an unusual pixel order; 24 bits of blue, green, red are needed"
    case .screenResized(let width, let height):
      "a program changed the X screen's size to \(width)x\(height) while it was being captured"
    case .noSharedMemory(let errno):
      "cannot get memory to share with the X server (errno \(errno))"
    case .requestFailed(let request, let code):
      "the X server refused \(request) with error code \(code)"
    case .connectionLost:
      "the connection to the X server was lost"
    }
  }
}
