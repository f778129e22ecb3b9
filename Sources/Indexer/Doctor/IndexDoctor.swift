public import IndexAPI

/// Looks at everything that `martlet index` depends on, and changes nothing of it.
public struct IndexDoctor: Sendable {
  /// Asks an indexer for its status, by its address.
  public typealias Asking = @Sendable (String) async throws -> NetworkStatus

  private let keyPath: String
  private let listenHost: String
  private let listenPort: Int
  private let publicURL: String?
  private let database: IndexerConfiguration.Database
  private let tls: IndexerConfiguration.TLSFiles?
  private let ask: Asking

  /// - Parameters:
  ///   - keyPath: the file of the indexer's identity.
  ///   - publicURL: where others reach the indexer.
  public init(
    keyPath: String,
    listenHost: String,
    listenPort: Int,
    publicURL: String?,
    database: IndexerConfiguration.Database,
    tls: IndexerConfiguration.TLSFiles?,
    ask: @escaping Asking
  ) {
    self.keyPath = keyPath
    self.listenHost = listenHost
    self.listenPort = listenPort
    self.publicURL = publicURL
    self.database = database
    self.tls = tls
    self.ask = ask
  }

  /// - Returns: findings in the order in which they should be read.
  public func findings() async -> [DoctorFinding] {
    var findings: [DoctorFinding] = []
    switch self.database {
    case .directory(let path): findings += DirectoryCheck(path: path).findings()
    case .postgres(let address): findings += PostgresCheck(address: address).findings()
    }
    findings += ClockCheck().findings()
    findings += KeyCheck(path: self.keyPath).findings()
    let scheme = self.tls == nil ? "http" : "https"
    let host = self.listenHost.contains(":") ? "[\(self.listenHost)]" : self.listenHost
    let ownURL = "\(scheme)://\(host):\(self.listenPort)"
    switch PortCheck.bind(host: self.listenHost, port: self.listenPort) {
    case .free:
      findings.append(DoctorFinding("port", .ok, "\(host):\(self.listenPort) is free"))
    case .taken:
      findings.append(await self.occupant(of: "\(host):\(self.listenPort)", url: ownURL))
    case .unusable(let reason):
      findings.append(
        DoctorFinding(
          "port",
          .fail,
          "\(host):\(self.listenPort) cannot be used: \(reason)",
          advice: "Give an address of this machine and a port above 1023 with --listen."
        )
      )
    }
    if let tls { findings += CertificateCheck(path: tls.certificateChain, keyPath: tls.privateKey).findings() }
    if let publicURL { findings.append(await self.reach(publicURL)) }
    return findings
  }

  /// Who listens where this indexer would.
  private func occupant(of address: String, url: String) async -> DoctorFinding {
    do {
      let status = try await self.ask(url)
      return DoctorFinding("port", .ok, "an indexer (martlet \(status.version)) answers at \(address)")
    } catch {
      return DoctorFinding(
        "port",
        .fail,
        "\(address) is taken, and it is no indexer that answers there: \(error)",
        advice: "Stop what listens there, or give another port with --listen."
      )
    }
  }

  private func reach(_ url: String) async -> DoctorFinding {
    do {
      let status = try await self.ask(url)
      let difference = abs(status.time - IndexClock.system.unixMilliseconds())
      guard difference < 5_000 else {
        return DoctorFinding(
          "url",
          .warn,
          "the indexer at \(url) has a clock that differs by \(difference) ms from this machine's",
          advice: "Let both machines synchronise their clocks: requests more than 30 s off are refused."
        )
      }
      return DoctorFinding("url", .ok, "\(url) reaches an indexer (martlet \(status.version))")
    } catch {
      return DoctorFinding(
        "url",
        .warn,
        "\(url) reaches no indexer: \(error)",
        advice: "If one runs, look at the name, the port forwarding or the proxy; others cannot reach it as it is."
      )
    }
  }
}
