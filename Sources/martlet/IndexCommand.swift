import ArgumentParser
import Dispatch
import Foundation
import Identity
import Indexer
import Logging
import Storage
import Synchronization

/// What concerns an indexer.
struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Run an indexer: it knows hosts, and gives players a seat at the nearest that suits.",
    subcommands: [IndexRunCommand.self, IndexDoctorCommand.self],
    defaultSubcommand: IndexRunCommand.self
  )
}

/// Runs an indexer.
struct IndexRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run an indexer until it is told to stop.",
    discussion: """
      The first line on standard output is the URL that hosts and players take as --indexer; what follows its # is the \
      indexer's key, which they check. The log goes to standard error. Several indexers with the same --database are \
      one network.
      """
  )

  @OptionGroup var options: IndexOptions

  @Flag(name: .shortAndLong, help: "Log more.")
  var verbose = false

  func run() throws {
    try self.reportingFailure {
      let logger = Console.logger(isVerbose: self.verbose)
      let configuration = try self.options.configuration()
      let key = configuration.identity.publicKey.base64URL
      let failure = Mutex<(any Error)?>(nil)
      let done = DispatchSemaphore(value: 0)
      Task {
        do {
          let store = try await StoreOpening.open(configuration.database, name: configuration.name)
          let server = IndexerServer(configuration: configuration, store: store, logger: logger)
          try await server.run(stopsOnSignals: true) { url in Console.print("\(url)#\(key)") }
        } catch {
          failure.withLock { $0 = error }
        }
        done.signal()
      }
      done.wait()
      guard let error = failure.withLock({ $0 }) else { return }
      switch error {
      case StorageError.unavailable(let reason), StorageError.unusable(let reason):
        throw CommandFailure(.unavailable, "no storage: \(reason)")
      default: break
      }
      throw CommandFailure(.ioError, "cannot serve on \(self.options.listen): \(error); choose another with --listen")
    }
  }
}
