import ArgumentParser
import Foundation
import IndexAPI
import Identity
import IndexClient
import PlayerAgent

extension Place {
  /// Reads degrees north and east, such as `52.5,13.4`.
  static func written(_ text: String) throws -> Place {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count == 2, let latitude = parts[0], let longitude = parts[1], -90...90 ~= latitude,
      -180...180 ~= longitude
    else {
      throw ValidationError("write degrees north and east, -90 to 90 and -180 to 180, such as 52.5,13.4")
    }
    return Place(latitude: latitude, longitude: longitude)
  }
}

/// A host's name on the command line.
struct HostName: ExpressibleByArgument {
  let id: HostID

  init?(argument: String) {
    guard let id = HostID(argument) else { return nil }
    self.id = id
  }
}

/// Which network of indexers to ask.
struct IndexerOptions: ParsableArguments {
  @Option(
    name: .customLong("indexer"),
    help: ArgumentHelp(
      "An indexer, such as https://index.example or http://host:port#KEY; may be repeated, and the next is asked when one "
        + "does not answer. Default: $MARTLET_INDEXER, several separated by spaces.",
      valueName: "URL"
    )
  )
  var indexers: [String] = []

  @Option(help: ArgumentHelp("Trust the certificates in this PEM file, too.", valueName: "file"))
  var trust: String?

  func validate() throws {
    for text in self.indexers where IndexerAddress(text) == nil {
      throw ValidationError("\(IndexClientError.notAnAddress(text)).")
    }
  }

  /// What was given, else what the environment says.
  var addresses: [String] {
    guard self.indexers.isEmpty else { return self.indexers }
    let text = ProcessInfo.processInfo.environment["MARTLET_INDEXER"] ?? ""
    return text.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
  }

  /// Asks the network, then lets the connections go.
  ///
  /// - Throws: ``CommandFailure`` for what can be explained.
  func ask<Success: Sendable>(
    _ body: @escaping @Sendable (IndexClient) async throws -> Success
  ) throws -> Success {
    let client = try self.client(identity: try KeyFile.load(KeyFile.defaultDirectory + "/player.key"))
    defer { try? Blocking.run { await client.shutdown() } }
    do {
      return try Blocking.run { try await body(client) }
    } catch {
      throw CommandFailure(network: error)
    }
  }

  func client(identity: IdentityKey) throws -> IndexClient {
    guard !self.addresses.isEmpty else {
      throw CommandFailure(.unavailable, "no indexer to ask: name one with --indexer or in MARTLET_INDEXER")
    }
    do {
      return try IndexClient(indexers: self.addresses, identity: identity, trustRoots: self.trust)
    } catch {
      throw CommandFailure(network: error)
    }
  }
}

extension CommandFailure {
  /// What an indexer refused, or that there is none, for people and scripts.
  init(network error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let problem as Problem:
      let status: ExitStatus =
        switch problem.type {
        case "urn:martlet:problem:no-seat", "urn:martlet:problem:queue-full", "urn:martlet:problem:rate-limited":
          .noFreeSeat
        case "urn:martlet:problem:unavailable": .unavailable
        default: .refused
        }
      self.init(status, "the indexer declined: \(problem.title): \(problem.detail)")
    case let error as NoSuchGame: self.init(.unavailable, "\(error)")
    case IndexClientError.notAnAddress: self.init(.usage, "\(error)")
    case IndexClientError.noCertificates: self.init(.noInput, "\(error)")
    case IndexClientError.wrongKey: self.init(.wrongKey, "\(error)")
    case is IndexClientError: self.init(.unavailable, "\(error)")
    default: self.init(.sessionFailed, "\(error)")
    }
  }
}
