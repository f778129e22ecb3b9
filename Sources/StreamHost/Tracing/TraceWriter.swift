import DatagramIO
import Logging
import MediaUnits
import SessionTrace
import Synchronization
import Transport

/// Writes the traces of a host's sessions on a thread of its own, so that nothing that plays waits for the disk.
final class TraceWriter: Sendable {
  private struct Start: Sendable {
    var header: TraceHeader
    var buffer: TraceBuffer
  }

  private struct State: Sendable {
    var starts: [Start] = []
    var mustStop = false
  }

  /// What is lost when the host is killed.
  private static let interval: Duration = .milliseconds(100)

  private let destination: TraceDestination
  private let logger: Logger
  private let wakeup: Wakeup
  private let state = Mutex(State())
  private let thread = Mutex<MediaThread?>(nil)

  init(_ destination: TraceDestination, logger: Logger) throws {
    self.destination = destination
    self.logger = logger
    self.wakeup = try Wakeup()
  }

  /// Starts the thread.
  func start() {
    self.thread.withLock { $0 = MediaThread.start(name: "host-trace") { self.run() } }
  }

  /// A session has begun; its file is created soon. Returns at once.
  func begin(_ header: TraceHeader) -> TraceBuffer {
    var header = header
    header.software = self.destination.software
    let start = Start(header: header, buffer: TraceBuffer())
    self.state.withLock { $0.starts.append(start) }
    self.wakeup.signal()
    return start.buffer
  }

  /// Writes what there is, and waits for it.
  func stop() {
    self.state.withLock { $0.mustStop = true }
    self.wakeup.signal()
    self.thread.withLock { $0 }?.join()
  }

  private func run() {
    var poll = PollSet([self.wakeup.fileDescriptor])
    var files: [TraceFile] = []
    var sessionCount = 0
    while true {
      _ = try? poll.wait(until: files.isEmpty ? nil : .now + Self.interval)
      self.wakeup.drain()
      let (starts, mustStop) = self.state.withLock { state in
        defer { state.starts = [] }
        return (state.starts, state.mustStop)
      }
      for start in starts {
        sessionCount += 1
        if let file = self.open(start, number: sessionCount) { files.append(file) }
      }
      files.removeAll { file in
        do {
          return try file.write()
        } catch {
          self.logger.warning("the trace ends early: \(error)")
          return false
        }
      }
      if mustStop { return }
    }
  }

  private func open(_ start: Start, number: Int) -> TraceFile? {
    let path = self.destination.path(
      number: number,
      unixSeconds: start.header.unixNanoseconds / 1_000_000_000,
      session: start.header.session
    )
    do {
      let file = try TraceFile(path: path, header: start.header, buffer: start.buffer)
      self.logger.info("tracing to \(path)")
      return file
    } catch {
      self.logger.warning("no trace of this session: \(error)")
      return nil
    }
  }
}
