import Dispatch
import Synchronization

/// Runs asynchronous work from a thread that may wait: the process's first, while media has threads of its own.
enum Blocking {
  static func run<Success: Sendable>(
    _ body: @escaping @Sendable () async throws -> Success
  ) throws -> Success {
    let done = DispatchSemaphore(value: 0)
    let slot = Slot<Success>()
    Task.detached {
      do {
        let value = try await body()
        slot.result.withLock { $0 = .success(value) }
      } catch {
        slot.result.withLock { $0 = .failure(error) }
      }
      done.signal()
    }
    done.wait()
    guard let result = slot.result.withLock({ $0 }) else { preconditionFailure("the work has ended") }
    return try result.get()
  }

  private final class Slot<Success: Sendable>: Sendable {
    let result = Mutex<Result<Success, any Error>?>(nil)
  }
}
