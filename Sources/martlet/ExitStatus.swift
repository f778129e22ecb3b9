import ArgumentParser
import StreamPlayer

/// What the process's exit status says.
///
/// - Source: sysexits.h, where it has a fitting name.
enum ExitStatus: Int32 {
  case sessionFailed = 1
  /// The command makes no sense: mostly found by the argument parser, which has the same status, and by us in what the
  /// environment says.
  case usage = 64
  /// A game file, an input script or an address does not make sense.
  case badData = 65
  /// A file cannot be read.
  case noInput = 66
  /// No host answers or offers the game, no indexer, no storage, or a program that is needed is missing.
  case unavailable = 69
  /// An output cannot be created or written.
  case cannotCreate = 73
  /// A port or a display cannot be used.
  case ioError = 74
  /// Every seat is taken: the same command may work later.
  case noFreeSeat = 75
  /// The host declined.
  case refused = 76
  /// A key is not to be trusted: the host's is not the one that the address names, or others may use our own.
  case wrongKey = 77

  var code: ExitCode { ExitCode(self.rawValue) }
}

/// A failure with one line for people and a status for scripts.
struct CommandFailure: Error, CustomStringConvertible {
  let status: ExitStatus
  let description: String

  init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }
}

extension ParsableCommand {
  /// Runs `body`; a failure becomes one line on standard error and its exit status.
  func reportingFailure(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let failure as CommandFailure {
      Console.error("martlet: \(failure)")
      throw failure.status.code
    } catch let error as OutputUnavailable {
      Console.error("martlet: \(error)")
      throw ExitStatus.cannotCreate.code
    } catch let code as ExitCode {
      throw code
    } catch {
      Console.error("martlet: \(error)")
      throw ExitStatus.sessionFailed.code
    }
  }
}
