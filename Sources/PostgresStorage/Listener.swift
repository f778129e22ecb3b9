internal import Dispatch
internal import Storage
internal import Synchronization

/// Hears when any indexer has written: a hint, since notifications are lost with the connection.
final class Listener: Sendable {
  private let url: String
  private let signal: ChangeSignal
  private let isStopped = Atomic<Bool>(false)
  private let listens = Atomic<Bool>(false)

  init(url: String, signal: ChangeSignal) {
    self.url = url
    self.signal = signal
  }

  var isListening: Bool { self.listens.load(ordering: .acquiring) }

  /// Listens on a thread of its own until ``stop()``.
  func start() {
    DispatchQueue(label: "martlet.listening").async {
      while !self.isStopped.load(ordering: .acquiring) {
        try? self.listen()
        self.listens.store(false, ordering: .releasing)
        // Readers that wait for a notification go over to asking.
        self.signal.raise()
        Pause.microseconds(200_000)
      }
    }
  }

  func stop() { self.isStopped.store(true, ordering: .releasing) }

  private func listen() throws(PostgresError) {
    let connection = try Connection(url: self.url)
    _ = try connection.run("LISTEN martlet_changes")
    self.listens.store(true, ordering: .releasing)
    self.signal.raise()
    while !self.isStopped.load(ordering: .acquiring) {
      if try connection.waitForNotification(milliseconds: 500) { self.signal.raise() }
    }
  }
}
