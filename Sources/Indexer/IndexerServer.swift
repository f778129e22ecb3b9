import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import MediaUnits
import NIOCore
import ServiceLifecycle
public import Storage

/// An indexer with its storage and its port.
public struct IndexerServer: Sendable {
  /// As the program says it of itself.
  public static let version = "0.1.0"

  public let service: IndexService
  private let configuration: IndexerConfiguration
  private let logger: Logger

  /// - Parameter store: where what must not be forgotten is kept.
  public init(configuration: IndexerConfiguration, store: any NetworkStore, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    self.service = IndexService(
      name: configuration.name,
      identity: configuration.identity,
      store: store,
      url: configuration.publicURL ?? "",
      limits: configuration.limits,
      logger: logger
    )
  }

  /// Serves until the task is cancelled or, if `stopsOnSignals`, the process is asked to stop; finishes what has begun.
  ///
  /// - Parameter onReady: is told the public URL once the port is open.
  public func run(stopsOnSignals: Bool = false, onReady: @escaping @Sendable (String) async -> Void) async throws {
    let (configuration, service) = (self.configuration, self.service)
    let observatory = Observatory(
      version: Self.version,
      queueLimit: configuration.limits.queueCount,
      clock: .system
    ) { service.figures() }
    try await service.prepare()
    let http = HTTPServerBuilder.http1(configuration: Self.channel(configuration.limits))
    let server =
      try configuration.tls.map { files in
        let settings = try Self.tls(files)
        do {
          return try .tls(http, tlsConfiguration: settings)
        } catch {
          throw StartError.badCertificate("the key in \(files.privateKey) is not that of \(files.certificateChain)")
        }
      } ?? http
    let application = Application(
      router: Routes.router(service, observatory: observatory),
      server: server,
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.listenHost, port: configuration.listenPort),
        serverName: "martlet",
        backlog: 4_096,
        availableConnectionsDelegate: MaximumAvailableConnections(configuration.limits.connectionCount)
      ),
      services: [Upkeep(service: service), Watch(observatory: observatory)],
      onServerRunning: { channel in
        if configuration.publicURL == nil {
          service.publicURL = Self.url(configuration, port: channel.localAddress?.port ?? configuration.listenPort)
        }
        await onReady(service.publicURL)
      },
      logger: self.logger
    )
    do {
      if stopsOnSignals {
        try await application.runService()
      } else {
        try await application.run()
      }
    } catch let error as IOError {
      // The port is all that the application asks the system for before it serves.
      throw StartError.cannotListen(String(cString: strerror(error.errnoCode)))
    } catch let error as SocketAddressError {
      throw StartError.cannotListen("\(error)")
    }
  }

  /// What keeps an indexer from serving, beside its storage.
  public enum StartError: Error, Hashable, Sendable {
    /// The port cannot be had; for people.
    case cannotListen(String)
    /// Certificate and key cannot be read, or do not fit; for people.
    case badCertificate(String)
  }

  private static func channel(_ limits: IndexerLimits) -> HTTP1Channel.Configuration {
    HTTP1Channel.Configuration(
      idleTimeout: .nanoseconds(limits.idleTimeout.wholeNanoseconds),
      httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
        maxHeaderFieldSize: limits.headerByteCount,
        maxHeaderListSize: limits.headerByteCount,
        maxHeaderFieldCount: limits.headerFieldCount
      )
    )
  }

  private static func tls(_ files: IndexerConfiguration.TLSFiles) throws(StartError) -> TLSConfiguration {
    guard let chain = try? NIOSSLCertificate.fromPEMFile(files.certificateChain), !chain.isEmpty else {
      throw .badCertificate("\(files.certificateChain) holds no certificates in PEM")
    }
    guard let key = try? NIOSSLPrivateKey(file: files.privateKey, format: .pem) else {
      throw .badCertificate("\(files.privateKey) holds no private key in PEM")
    }
    return .makeServerConfiguration(certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
  }

  private static func url(_ configuration: IndexerConfiguration, port: Int) -> String {
    let isAny = configuration.listenHost == "0.0.0.0" || configuration.listenHost == "::"
    let host = isAny ? ProcessInfo.processInfo.hostName : configuration.listenHost
    let scheme = configuration.tls == nil ? "http" : "https"
    return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }
}

/// Keeps the service up with the world, beside the server.
private struct Upkeep: Service {
  let service: IndexService

  func run() async throws {
    await cancelWhenGracefulShutdown { await self.service.run() }
  }
}

/// Looks at the network once a second, whether anyone watches or not.
private struct Watch: Service {
  let observatory: Observatory

  func run() async throws {
    await cancelWhenGracefulShutdown { await self.observatory.run() }
  }
}
