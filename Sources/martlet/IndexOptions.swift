import ArgumentParser
import DatagramIO
import Foundation
import Identity
import Indexer

/// What an indexer and its examination have in common.
struct IndexOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where the indexer keeps its database; made on first use.", valueName: "directory"))
  var data = KeyFile.defaultDirectory + "/indexer"

  @Option(help: ArgumentHelp("A PostgreSQL database instead, for several indexers.", valueName: "postgres://…"))
  var database: String?

  @Option(
    help: ArgumentHelp("Where to listen; port 0 is any free one.", valueName: "address:port"),
    transform: ListenAddress.init
  )
  var listen = ListenAddress(host: "0.0.0.0", port: 7780)

  @Option(help: ArgumentHelp("Where hosts and players reach this indexer; guessed if not given.", valueName: "URL"))
  var publicURL: String?

  @Option(help: "The indexer's name, another for each on one database; made from its key if not given.")
  var name: String?

  @Option(help: ArgumentHelp("The server's certificate chain, PEM; without it plain HTTP.", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("The certificate's private key, PEM.", valueName: "file"))
  var tlsKey: String?

  @Option(help: ArgumentHelp("The indexer's key; made on first use.", valueName: "file"))
  var key = KeyFile.defaultDirectory + "/indexer.key"

  @Option(help: ArgumentHelp("Requests of one key or address a second that are answered.", valueName: "number"))
  var requestRate: Double?

  func validate() throws {
    guard (self.tlsCertificate == nil) == (self.tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key need each other.")
    }
    if let name, !(1...64 ~= name.utf8.count) { throw ValidationError("--name has 1 to 64 bytes.") }
    if let requestRate, !(1...1e9 ~= requestRate) { throw ValidationError("--request-rate is 1 to 1000000000.") }
    if let publicURL, URL(string: publicURL)?.host == nil || !publicURL.hasPrefix("http") || publicURL.contains("#") {
      throw ValidationError("--public-url is such as https://index.example.net, without #KEY.")
    }
  }

  func configuration() throws -> IndexerConfiguration {
    let address = try self.listen.resolved()
    for file in [self.tlsCertificate, self.tlsKey].compactMap({ $0 }) {
      guard FileManager.default.isReadableFile(atPath: file) else {
        throw CommandFailure(.noInput, "cannot read \(file)")
      }
    }
    let identity = try KeyFile.load(self.key)
    var limits = IndexerLimits()
    if let requestRate {
      (limits.requestsPerSecondOfKey, limits.requestBurstOfKey) = (requestRate, max(1, 2 * requestRate))
      (limits.requestsPerSecondOfAddress, limits.requestBurstOfAddress) = (requestRate, max(1, 2 * requestRate))
    }
    var tls: IndexerConfiguration.TLSFiles?
    if let tlsCertificate, let tlsKey {
      tls = IndexerConfiguration.TLSFiles(certificateChain: tlsCertificate, privateKey: tlsKey)
    }
    return IndexerConfiguration(
      name: self.name ?? String(identity.publicKey.base64URL.prefix(12)),
      identity: identity,
      listenHost: address.host,
      listenPort: Int(address.port),
      publicURL: self.publicURL,
      database: self.database.map { .postgres($0) } ?? .directory(self.data),
      tls: tls,
      limits: limits
    )
  }
}
