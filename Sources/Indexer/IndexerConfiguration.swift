public import Identity

/// What an indexer is told before it starts.
public struct IndexerConfiguration: Sendable {
  /// Where what must not be forgotten is kept.
  public enum Database: Hashable, Sendable {
    /// An SQLite file in this directory, made on first use.
    case directory(String)
    /// A PostgreSQL database that several indexers share, as libpq writes it.
    case postgres(String)
  }

  /// Certificate and key of the server, as PEM files.
  public struct TLSFiles: Hashable, Sendable {
    public var certificateChain: String
    public var privateKey: String

    public init(certificateChain: String, privateKey: String) {
      self.certificateChain = certificateChain
      self.privateKey = privateKey
    }
  }

  /// Unique among the indexers of one database, at most 64 bytes.
  public var name: String
  public var identity: IdentityKey
  public var listenHost: String
  /// 0 for any free port.
  public var listenPort: Int
  /// Where hosts, players and other indexers reach this one; made from where it listens if not given.
  public var publicURL: String?
  public var database: Database
  /// `nil` to speak plain HTTP, on loopback or behind a proxy.
  public var tls: TLSFiles?
  public var limits: IndexerLimits

  public init(
    name: String,
    identity: IdentityKey,
    listenHost: String = "127.0.0.1",
    listenPort: Int = 0,
    publicURL: String? = nil,
    database: Database,
    tls: TLSFiles? = nil,
    limits: IndexerLimits = IndexerLimits()
  ) {
    self.name = name
    self.identity = identity
    self.listenHost = listenHost
    self.listenPort = listenPort
    self.publicURL = publicURL
    self.database = database
    self.tls = tls
    self.limits = limits
  }
}
