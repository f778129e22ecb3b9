import AsyncHTTPClient
import Foundation
import IndexAPI
public import Identity
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks indexers: the one that answered last, and the next when that one does not answer.
///
/// One connection is kept and used again, so a request costs one round trip. Changes are signed with the identity that
/// the client is made with. What an indexer refuses is thrown as `Problem`; that none answers, and the like, as
/// ``IndexClientError``.
public final class IndexClient: Sendable {
  /// What is read of an answer at most, in bytes.
  static let maximumBodyByteCount = 1 << 20
  /// How long an indexer may take before the next is asked: two thirds of the three seconds for turning to another.
  static let answerTimeout = TimeAmount.seconds(IndexClient.answerSeconds)
  static let answerSeconds: Int64 = 2
  /// An indexer keeps a player who waits for up to 20 s.
  static let queueTimeout = TimeAmount.seconds(24)

  let identity: IdentityKey
  let directory: Directory
  let http: HTTPClient
  /// Connections on which silence is an error.
  let streams: HTTPClient

  /// - Parameters:
  ///   - indexers: as ``IndexerAddress`` reads them; at least one, tried in order.
  ///   - trustRoots: a PEM file of certificates to trust besides the system's.
  ///   - silenceTimeout: how long a stream of messages may say nothing; three times what an indexer leaves between two.
  /// - Throws: ``IndexClientError``.
  public init(
    indexers: [String],
    identity: IdentityKey,
    trustRoots: String? = nil,
    silenceTimeout: Duration = .seconds(15)
  ) throws {
    let addresses = try indexers.map { text in
      guard let address = IndexerAddress(text) else { throw IndexClientError.notAnAddress(text) }
      return address
    }
    guard !addresses.isEmpty else { throw IndexClientError.unreachable(tried: []) }
    var tls = TLSConfiguration.makeClientConfiguration()
    if let trustRoots {
      guard (try? NIOSSLCertificate.fromPEMFile(trustRoots))?.isEmpty == false else {
        throw IndexClientError.noCertificates(trustRoots)
      }
      tls.additionalTrustRoots = [.file(trustRoots)]
    }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls,
      redirectConfiguration: .disallow,
      timeout: HTTPClient.Configuration.Timeout(connect: .seconds(1))
    )
    configuration.httpVersion = .http1Only
    // The next indexer is the retry.
    configuration.connectionPool.retryConnectionEstablishment = false
    self.identity = identity
    self.directory = Directory(addresses)
    self.http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    configuration.timeout.read = TimeAmount(silenceTimeout)
    self.streams = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Closes the connections; must be called before the client is given up.
  public func shutdown() async {
    try? await self.http.shutdown()
    try? await self.streams.shutdown()
  }

  /// The indexer that is asked first.
  public var indexer: IndexerAddress {
    self.directory.order[0]
  }

  /// Adds indexers to turn to, such as those of ``HostRegistered``; what is no address is left out.
  public func learn(_ indexers: [String]) {
    self.directory.learn(indexers.compactMap(IndexerAddress.init))
  }

  /// Checks a key set that came with an answer or a message.
  ///
  /// Believed are the keys that the addresses pin; with none pinned, the first signer seen; and whoever those vouch for.
  public func verify(keys text: String) throws(TicketError) -> KeySet {
    try self.directory.verify(text, now: Self.now)
  }

  /// Seconds since 1970.
  static var now: Int64 {
    Int64(Date().timeIntervalSince1970)
  }
}
