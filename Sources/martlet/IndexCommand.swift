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
      if let error = failure.withLock({ $0 }) { throw self.failure(error) }
    }
  }

  /// What keeps an indexer from its work, for people and scripts.
  private func failure(_ error: any Error) -> CommandFailure {
    switch error {
    case StorageError.unavailable(let reason):
      CommandFailure(.unavailable, "no storage: \(reason); start the database, or correct --database")
    case StorageError.unusable(let reason): CommandFailure(.unavailable, "no storage: \(reason)")
    case StorageError.outdated:
      CommandFailure(.unavailable, "the storage forgot changes before they were read; start again")
    case IndexerServer.StartError.cannotListen(let reason):
      CommandFailure(.ioError, "cannot listen on \(self.options.listen): \(reason); choose another with --listen")
    case IndexerServer.StartError.badCertificate(let reason):
      CommandFailure(.badData, "cannot serve TLS: \(reason); correct --tls-certificate or --tls-key")
    default: CommandFailure(.sessionFailed, "the indexer failed: \(error)")
    }
  }
}
