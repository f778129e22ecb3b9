import CLinux
import Foundation
import Glibc

/// Looks after one stage, as the main function of the process that the host starts for it.
///
/// Reads a ``StagePlan`` from standard input, writes ``StageReport`` lines to standard output, and holds the stage's
/// lock as descriptor 3. When standard input ends, because the host asks for it or is dead, everything that was started
/// is ended and removed. Should this process be killed, the kernel kills the three programs that it started.
/// Call this before anything else in the process has started a thread.
public func runStageSupervisor() -> Never {
  var supervisor = Supervisor()
  supervisor.run()
  exit(0)
}

/// The supervisor's state; it has one thread and sleeps in `poll`.
struct Supervisor {
  var plan: StagePlan?
  var display: ChildProcess?
  var sound: ChildProcess?
  var game: ChildProcess?
  var displayNumber: Int?
  var isSoundReady = false
  let signals: Int32
  /// Where the display's server writes its number; -1 once it has.
  private var displayNumberPipe: Int32 = -1
  private var displayNumberText: [UInt8] = []
  private var mustEnd = false

  init() {
    self.signals = shim_signal_descriptor()
    _ = shim_become_subreaper()
    for descriptor: Int32 in [0, 1, 3] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
  }

  mutating func run() {
    guard let plan = self.readPlan() else {
      self.report(.failed(.plan, reason: "the plan could not be read"))
      return
    }
    self.plan = plan
    self.start(plan)
    while !self.mustEnd { self.waitOnce() }
    self.endEverything()
    StageDirectory(path: plan.directory).remove()
    self.report(.ended)
  }

  func report(_ report: StageReport) {
    let line = Array("\(report.line)\n".utf8)
    // Below PIPE_BUF, so it is written whole; if nobody reads any more, standard input is about to end too.
    _ = write(1, line, line.count)
  }

  private func readPlan() -> StagePlan? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.last != UInt8(ascii: "\n"), bytes.count < 1 << 20 {
      let count = read(0, &buffer, buffer.count)
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
    }
    return try? JSONDecoder().decode(StagePlan.self, from: Data(bytes))
  }

  /// The display's server and the sound server start at the same time; the game follows when both are ready.
  private mutating func start(_ plan: StagePlan) {
    var ends: [Int32] = [-1, -1]
    let made = shim_pipe(&ends)
    guard made == 0 else { return self.fail(.display, String(cString: strerror(-made))) }
    self.displayNumberPipe = ends[0]
    defer { close(ends[1]) }
    do {
      self.display = try ChildProcess(plan.display, extraDescriptor: ends[1])
    } catch {
      return self.fail(.display, error.sentence)
    }
    do {
      self.sound = try ChildProcess(plan.sound)
    } catch {
      return self.fail(.sound, error.sentence)
    }
  }

  private mutating func waitOnce() {
    var entries = [
      pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
      pollfd(fd: self.signals, events: Int16(POLLIN), revents: 0),
      pollfd(fd: self.displayNumberPipe, events: Int16(POLLIN), revents: 0),
      pollfd(fd: self.display?.pollDescriptor ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: self.sound?.pollDescriptor ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: self.game?.pollDescriptor ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    // The sound server has no way to say that it is ready, but to answer.
    let isWaitingForSound = !self.isSoundReady && self.sound?.isRunning == true
    _ = poll(&entries, nfds_t(entries.count), isWaitingForSound ? 2 : -1)

    if entries[3].revents != 0 { self.display?.drainErrorOutput() }
    if entries[4].revents != 0 { self.sound?.drainErrorOutput() }
    if entries[5].revents != 0 { self.game?.drainErrorOutput() }
    if entries[2].revents != 0 { self.readDisplayNumber() }
    if entries[1].revents != 0 { self.handleSignals() }
    // The host never writes after the plan: readable means that the pipe has ended.
    if entries[0].revents != 0 { self.mustEnd = true }
    if isWaitingForSound, let socket = self.plan?.soundSocket, answers(socket) {
      self.isSoundReady = true
      self.report(.soundReady)
    }
    self.startGameWhenReady()
  }

  private mutating func startGameWhenReady() {
    guard !self.mustEnd, self.game == nil, self.isSoundReady, let number = self.displayNumber, let plan = self.plan
    else { return }
    var program = plan.game
    program.environment.append("DISPLAY=:\(number)")
    do {
      let game = try ChildProcess(program, isGame: true)
      self.report(.gameStarted(pid: game.pid))
      self.game = game
    } catch {
      self.fail(.game, "\(program.path): \(error.sentence)")
    }
  }

  private mutating func readDisplayNumber() {
    var buffer = [UInt8](repeating: 0, count: 32)
    let count = read(self.displayNumberPipe, &buffer, buffer.count)
    self.displayNumberText += buffer[..<max(0, count)]
    // The server writes the number and the end of the line separately, and ends if it cannot do both.
    if count > 0, !self.displayNumberText.contains(UInt8(ascii: "\n")) { return }
    close(self.displayNumberPipe)
    self.displayNumberPipe = -1
    let text = String(decoding: self.displayNumberText, as: UTF8.self)
    // An early end is reported by the death of the server, which follows.
    guard let number = Int(text.filter(\.isWholeNumber)), let plan = self.plan else { return }
    StageDirectory(path: plan.directory).recordDisplay(number: number)
    self.displayNumber = number
    self.report(.displayReady(number: number))
  }

  private mutating func handleSignals() {
    while true {
      let signal = shim_next_signal(self.signals)
      if signal == 0 { break }
      if signal != SIGCHLD { self.mustEnd = true }
    }
    self.reap()
  }

  private mutating func fail(_ part: StageReport.Part, _ reason: String) {
    self.report(.failed(part, reason: reason))
    self.mustEnd = true
  }

  /// Collects what has ended, and tells the host of what matters to it.
  private mutating func reap() {
    var status: Int32 = 0
    while case let pid = waitpid(-1, &status, WNOHANG), pid > 0 {
      // The low seven bits are the signal; the second byte is what the program returned.
      let (signal, code) = (status & 0x7F, status >> 8 & 0xFF)
      let how = signal == 0 ? "status \(code)" : "signal \(signal)"
      if pid == self.game?.pid {
        self.game?.drainErrorOutput()
        self.game?.noteEnd()
        let words = self.game?.lastWords ?? ""
        self.report(
          signal == 0 ? .gameExited(status: code, lastWords: words) : .gameKilled(signal: signal, lastWords: words)
        )
      } else if pid == self.display?.pid {
        self.display?.drainErrorOutput()
        self.display?.noteEnd()
        self.fail(.display, "it ended with \(how): \(self.display?.lastWords ?? "")")
      } else if pid == self.sound?.pid {
        self.sound?.drainErrorOutput()
        self.sound?.noteEnd()
        self.fail(.sound, "it ended with \(how): \(self.sound?.lastWords ?? "")")
      }
    }
  }
}
