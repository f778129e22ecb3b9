/// Why a stage could not be set up, or broke down.
public enum StageError: Error, Hashable, Sendable {
  /// A program that every stage needs is not installed.
  case missingProgram(name: String, debianPackage: String)
  /// The game file's command names a program that does not exist.
  case commandNotFound(String)
  /// A file that the game file wants copied cannot be.
  case cannotCopy(path: String, reason: String)
  /// The game does not draw pictures of this size, or not this many a second.
  case unsupportedPicture(String)
  /// The stage's private directory cannot be made.
  case noDirectory(path: String, reason: String)
  /// The process that looks after the stage cannot be started, or ended unexpectedly.
  case supervisorFailed(reason: String)
  /// The display ended or did not start.
  case displayFailed(reason: String)
  /// The sound server ended or did not start.
  case soundFailed(reason: String)
  /// The game's program cannot be started.
  case gameFailed(reason: String)
  /// The stage was not ready in time.
  case timedOut(waitingFor: String)
  /// Nobody wanted the stage any more while it was still starting.
  case givenUp
}

extension StageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missingProgram(let name, let package):
      "\(name) is not installed, and every game needs it; install it: apt install \(package)"
    case .commandNotFound(let name):
      "the game's program \(name) does not exist or is not executable; install it or correct 'command'"
    case .cannotCopy(let path, let reason):
      "cannot copy \(path) for the game: \(reason)"
    case .unsupportedPicture(let what):
      "the game does not allow \(what)"
    case .noDirectory(let path, let reason):
      "cannot make the game's private directory in \(path): \(reason)"
    case .supervisorFailed(let reason):
      "the process that looks after the game failed: \(reason)"
    case .displayFailed(let reason):
      "the game's display failed: \(reason)"
    case .soundFailed(let reason):
      "the game's sound server failed: \(reason)"
    case .gameFailed(let reason):
      "the game cannot be started: \(reason)"
    case .timedOut(let what):
      "waited too long for \(what)"
    case .givenUp:
      "the game was given up while it was still starting"
    }
  }
}
