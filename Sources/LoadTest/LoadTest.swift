import DatagramIO
import MediaUnits
import Synchronization

/// Many players on one thread, each with a socket of its own; those that decode have a thread more.
public final class LoadTest: Sendable {
  private let configuration: LoadConfiguration
  private let control: LoadControl

  /// - Throws: ``SocketError`` where the process has no descriptor left.
  public init(_ configuration: LoadConfiguration) throws {
    self.configuration = configuration
    self.control = try LoadControl()
  }

  /// Ends the run early, from any thread.
  public func stop() {
    self.control.mustStop.store(true, ordering: .relaxed)
    self.control.wakeup.signal()
  }

  /// Runs until its time is up, on a media thread of its own while the caller waits.
  ///
  /// - Throws: ``SocketError`` where sockets cannot be opened or used; what keeps a log from being written.
  public func run() throws -> LoadResult {
    FileLimit.raise()
    let outcome = LoadOutcome()
    MediaThread.start(name: "load-network") {
      let value = Result { try LoadRun(self.configuration, control: self.control).play() }
      outcome.result.withLock { $0 = value }
    }.join()
    guard let value = outcome.result.withLock({ $0 }) else { preconditionFailure("the load's thread has ended") }
    return try value.get()
  }
}

/// Where the load's thread leaves its result.
private final class LoadOutcome: Sendable {
  let result = Mutex<Result<LoadResult, any Error>?>(nil)
}
