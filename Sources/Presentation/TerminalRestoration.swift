import Glibc
import Synchronization

/// Puts the terminal back however the process ends: normally, by `exit`, or by a signal.
///
/// One terminal a process. Only signals that nobody else handles are caught, and they then end the process as they
/// would have.
enum TerminalRestoration {
  /// What a signal handler needs, laid down before it can run.
  private struct Plan {
    var mode: RawMode?
    var output: Int32 = -1
    var farewell: UnsafeMutableBufferPointer<UInt8>?
  }

  private static let isArmed = Atomic(false)
  // SAFETY: written only while `isArmed` is false, and read only by whoever turned it from true to false.
  private static nonisolated(unsafe) let plan = {
    let plan = UnsafeMutablePointer<Plan>.allocate(capacity: 1)
    plan.initialize(to: Plan())
    return plan
  }()
  private static let hooks: Void = {
    atexit { TerminalRestoration.restore() }
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP] {
      var current = sigaction()
      guard sigaction(number, nil, &current) == 0, current.__sigaction_handler.sa_handler == nil else { continue }
      signal(number) { number in
        TerminalRestoration.restore()
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }()

  /// Remembers what ``restore()`` is to do.
  ///
  /// - Parameter farewell: the bytes that undo what was written to the screen.
  /// - Returns: `false`, and does nothing, while another terminal is armed.
  static func arm(mode: RawMode, output: Int32, farewell: [UInt8]) -> Bool {
    guard !Self.isArmed.load(ordering: .acquiring) else { return false }
    _ = Self.hooks
    Self.plan.pointee.farewell?.deallocate()
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: farewell.count)
    _ = bytes.initialize(from: farewell)
    Self.plan.pointee = Plan(mode: mode, output: output, farewell: bytes)
    Self.isArmed.store(true, ordering: .releasing)
    return true
  }

  /// Puts the terminal back, once. Async-signal-safe: `write` and `tcsetattr` only.
  static func restore() {
    guard Self.isArmed.exchange(false, ordering: .acquiringAndReleasing) else { return }
    if let farewell = Self.plan.pointee.farewell {
      _ = write(Self.plan.pointee.output, farewell.baseAddress, farewell.count)
    }
    Self.plan.pointee.mode?.restore()
  }
}
