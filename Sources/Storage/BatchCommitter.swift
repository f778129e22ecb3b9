internal import Synchronization

/// Joins commands that come at once into one commit.
///
/// Commits follow one another without a pause: whatever has come while one ran is the next. The first command waits for
/// nothing. One of those who wait leads: it commits for the others, then hands the lead to the next who waits.
public final class BatchCommitter: Sendable {
  /// Commands that may wait at once.
  public static let queueCount = 8192

  private enum Turn: Sendable {
    case finished(Result<Outcome, StorageError>)
    case lead
  }

  private struct Entry: Sendable {
    var command: Command
    var continuation: CheckedContinuation<Turn, Never>
  }

  private struct State {
    var isCommitting = false
    var waiting: [Entry] = []
    /// Entries before this one have been taken.
    var first = 0

    var waitingCount: Int { self.waiting.count - self.first }

    mutating func take(_ limit: Int) -> [Entry] {
      let taken = Array(self.waiting[self.first...].prefix(limit))
      self.first += taken.count
      if self.first == self.waiting.count || self.first > BatchCommitter.queueCount {
        self.waiting.removeFirst(self.first)
        self.first = 0
      }
      return taken
    }
  }

  private let store: any NetworkStore
  private let state = Mutex(State())

  public init(store: any NetworkStore) {
    self.store = store
  }

  /// Commands that wait now.
  public var waitingCount: Int { self.state.withLock(\.waitingCount) }

  /// Returns when the command is durable.
  ///
  /// The task's cancellation is not heeded: a command that others' outcomes may stand beside is finished.
  ///
  /// - Throws: ``StorageError``; ``StorageError/unavailable(_:)`` without trying while too many wait, and when the store
  ///   has failed twice. Whether the command took effect is then unknown: repeat it with the same identifier.
  public func apply(_ command: Command) async throws(StorageError) -> Outcome {
    enum Entrance { case lead, wait, refused }
    let entrance: Entrance = self.state.withLock { state in
      if !state.isCommitting {
        state.isCommitting = true
        return .lead
      }
      return state.waitingCount < Self.queueCount ? .wait : .refused
    }
    switch entrance {
    case .refused: throw .unavailable("too many commands wait for storage; try again later")
    case .lead: return try await self.lead(with: command).get()
    case .wait:
      switch await self.wait(with: command) {
      case .finished(let result): return try result.get()
      case .lead: return try await self.lead(with: command).get()
      }
    }
  }

  private func wait(with command: Command) async -> Turn {
    await withCheckedContinuation { continuation in
      // The commit that was running may have ended since, with nobody to hand the lead to.
      let leads = self.state.withLock { state in
        if !state.isCommitting {
          state.isCommitting = true
          return true
        }
        state.waiting.append(Entry(command: command, continuation: continuation))
        return false
      }
      if leads { continuation.resume(returning: .lead) }
    }
  }

  private func lead(with command: Command) async -> Result<Outcome, StorageError> {
    let others = self.state.withLock { $0.take(StorageLimits.batchCount - 1) }
    let result = await self.commit([command] + others.map(\.command))
    let next = self.state.withLock { state -> Entry? in
      let next = state.take(1).first
      state.isCommitting = next != nil
      return next
    }
    next?.continuation.resume(returning: .lead)
    for (index, other) in others.enumerated() {
      other.continuation.resume(returning: .finished(result.map { $0[index + 1] }))
    }
    return result.map { $0[0] }
  }

  private func commit(_ batch: [Command]) async -> Result<[Outcome], StorageError> {
    do throws(StorageError) {
      return .success(try await self.store.apply(batch))
    } catch .unavailable {
      // The same identifiers: what took effect the first time is not done again.
      do throws(StorageError) {
        return .success(try await self.store.apply(batch))
      } catch {
        return .failure(error)
      }
    } catch {
      return .failure(error)
    }
  }
}
