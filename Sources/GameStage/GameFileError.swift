/// Why a game file was not understood.
public struct GameFileError: Error, Hashable, Sendable {
  /// The file, if the text came from one.
  public var path: String?
  /// Counted from 1; `nil` if the problem is with the file as a whole.
  public var line: Int?
  /// A sentence that names the field.
  public var message: String

  public init(path: String? = nil, line: Int?, message: String) {
    self.path = path
    self.line = line
    self.message = message
  }
}

extension GameFileError: CustomStringConvertible {
  public var description: String {
    let place = [self.path ?? "game file", self.line.map { "line \($0)" }].compactMap { $0 }.joined(separator: ", ")
    return "\(place): \(self.message)"
  }
}
