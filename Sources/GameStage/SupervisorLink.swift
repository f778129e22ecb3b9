import CLinux
import Foundation
import Glibc
import MediaUnits

/// The host's end of a supervisor: its process, the pipe that keeps it going, and what it reports.
struct SupervisorLink {
  /// Until it is asked again whether a stage is wanted.
  private static let longestWait: Duration = .milliseconds(50)

  let pid: pid_t
  /// Non-blocking; -1 once stopped.
  private(set) var reports: Int32
  private var lifeline: Int32
  private let directory: StageDirectory
  private var received: [UInt8] = []
  private var hasEnded = false
  /// A failure was passed on, after which the supervisor ends of its own accord.
  private var isExpectedToEnd = false

  init(
    starting configuration: Stage.Configuration,
    plan: StagePlan,
    directory: StageDirectory,
    lock: Int32
  ) throws(StageError) {
    var lifeline: [Int32] = [-1, -1]
    var reports: [Int32] = [-1, -1]
    let madeLifeline = shim_pipe(&lifeline)
    guard madeLifeline == 0 else { throw Self.failure(-madeLifeline) }
    let madeReports = shim_pipe(&reports)
    guard madeReports == 0 else {
      for descriptor in lifeline { close(descriptor) }
      throw Self.failure(-madeReports)
    }
    let pid: pid_t
    do {
      defer {
        close(lifeline[0])
        close(reports[1])
      }
      pid = try spawnProgram(
        path: configuration.supervisorExecutable,
        arguments: [configuration.supervisorExecutable] + configuration.supervisorArguments,
        environment: Programs.inheritedEnvironment.map { "\($0.key)=\($0.value)" } + [directory.mark],
        descriptors: [lifeline[0], reports[1], 2, lock],
        workingDirectory: "/",
        // Not with the thread that happens to start it: the pipe tells it when the whole host is gone.
        diesWithParent: false,
        gainsNoPrivileges: false,
        hasOrdinaryPriority: false
      )
    } catch {
      close(lifeline[1])
      close(reports[0])
      throw Self.failure(error.code)
    }
    self.pid = pid
    self.lifeline = lifeline[1]
    self.reports = reports[0]
    self.directory = directory
    _ = fcntl(reports[0], F_SETFL, O_NONBLOCK)
    self.send(plan)
  }

  /// Waits for the display, the sound server and the game to be there.
  mutating func waitUntilReady(
    _ deadline: Instant,
    while isWanted: () -> Bool
  ) throws(StageError) -> (displayNumber: Int, gamePID: pid_t) {
    var displayNumber: Int?
    var isSoundReady = false
    while true {
      while let report = self.nextReport() {
        switch report {
        case .displayReady(let number): displayNumber = number
        case .soundReady: isSoundReady = true
        case .gameStarted(let pid):
          if let displayNumber { return (displayNumber, pid) }
        case .failed(let part, let reason): throw StageError(part, reason)
        case .gameExited, .gameKilled, .ended: break
        }
      }
      guard !self.hasEnded else { throw .supervisorFailed(reason: "it ended before the game could start") }
      guard isWanted() else { throw .givenUp }
      let rest = deadline - .now
      guard rest > .zero else {
        throw .timedOut(
          waitingFor: displayNumber == nil ? "the display" : isSoundReady ? "the game" : "the sound server"
        )
      }
      _ = shim_wait_readable(self.reports, Int32(min(rest, Self.longestWait).inMilliseconds) + 1)
    }
  }

  /// The next event for the host; ``Stage/Event/failed(_:)`` once if the supervisor is gone unasked.
  mutating func nextEvent() -> Stage.Event? {
    guard self.reports >= 0, !self.hasEnded else { return nil }
    while let report = self.nextReport() {
      switch report {
      case .gameExited(let status, let words): return .gameExited(status: Int(status), lastWords: words)
      case .gameKilled(let signal, let words): return .gameKilled(signal: Int(signal), lastWords: words)
      case .failed(let part, let reason):
        self.isExpectedToEnd = true
        return .failed(StageError(part, reason))
      case .displayReady, .soundReady, .gameStarted, .ended: continue
      }
    }
    return self.hasEnded && !self.isExpectedToEnd ? .failed(.supervisorFailed(reason: "it ended unexpectedly")) : nil
  }

  /// Ends the stage and waits for that, for a bounded time. What the supervisor cannot do any more, or what did not die in
  /// its time, is done here.
  mutating func stop(grace: Duration) {
    guard self.lifeline >= 0 else { return }
    close(self.lifeline)
    self.lifeline = -1
    let end = shim_pidfd_open(self.pid)
    if end >= 0 {
      _ = shim_wait_readable(end, Int32(grace.inMilliseconds) + 5000)
      close(end)
    }
    kill(self.pid, SIGKILL)
    waitpid(self.pid, nil, 0)
    close(self.reports)
    self.reports = -1
    self.directory.endProcesses()
    self.directory.remove()
  }

  private func send(_ plan: StagePlan) {
    guard let json = try? JSONEncoder().encode(plan) else {
      preconditionFailure("a plan consists of texts and numbers")
    }
    var rest = [UInt8](json)[...]
    rest.append(UInt8(ascii: "\n"))
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(self.lifeline, $0.baseAddress, $0.count) }
      // A supervisor that died at once shows when its first report does not come.
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private mutating func nextReport() -> StageReport? {
    while true {
      if let end = self.received.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: self.received[..<end], as: UTF8.self)
        self.received.removeSubrange(...end)
        if let report = StageReport(parsing: line) { return report }
        continue
      }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = read(self.reports, &buffer, buffer.count)
      guard count > 0 else {
        if count == 0 { self.hasEnded = true }
        return nil
      }
      self.received += buffer[..<count]
    }
  }

  private static func failure(_ code: Int32) -> StageError {
    .supervisorFailed(reason: "it cannot be started: \(String(cString: strerror(code)))")
  }
}

extension StageError {
  init(_ part: StageReport.Part, _ reason: String) {
    switch part {
    case .display: self = .displayFailed(reason: reason)
    case .sound: self = .soundFailed(reason: reason)
    case .game: self = .gameFailed(reason: reason)
    case .plan: self = .supervisorFailed(reason: reason)
    }
  }
}
