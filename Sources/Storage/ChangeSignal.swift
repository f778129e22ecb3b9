internal import Synchronization

/// Wakes those who wait for changes.
///
/// A raise that comes between two waits is not lost: the next wait returns at once.
public final class ChangeSignal: Sendable {
  private struct State {
    var isRaised = false
    var nextID = 0
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  public init() {}

  /// Wakes everyone.
  public func raise() {
    let waiters = self.state.withLock { state in
      defer { state.waiters.removeAll() }
      state.isRaised = state.waiters.isEmpty
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits for a raise, until `timeout` by `clock`, or until the task is cancelled.
  public func wait(timeout: Duration, clock: any Clock<Duration>) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.wait() }
      group.addTask { try? await clock.sleep(for: timeout) }
      await group.next()
      group.cancelAll()
    }
  }

  private func wait() async {
    let id = self.state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = self.state.withLock { state in
          if state.isRaised {
            state.isRaised = false
            return true
          }
          if Task.isCancelled { return true }
          state.waiters[id] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      self.state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
  }
}
