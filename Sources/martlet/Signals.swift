import Dispatch
import Glibc

/// Turns SIGINT and SIGTERM into calls, for as long as it lives.
final class Signals {
  private let sources: [any DispatchSourceSignal]

  /// - Parameter body: called on another thread, once for each signal.
  init(_ body: @escaping @Sendable () -> Void) {
    self.sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler(handler: body)
      source.resume()
      return source
    }
  }

  deinit {
    for source in self.sources { source.cancel() }
  }
}
