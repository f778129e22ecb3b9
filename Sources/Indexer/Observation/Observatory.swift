import Foundation
import IndexAPI

/// Looks at the network once a second, and answers everyone who asks with what it then saw.
///
/// However many watch, the figures are taken and written once a second.
actor Observatory {
  private let version: String
  private let queueLimit: Int
  private let clock: IndexClock
  private let figures: @Sendable () async -> NetworkFigures
  private var history = NetworkHistory()
  private var statusText: (plain: [UInt8]?, withPlaces: [UInt8]?) = (nil, nil)
  private var metricsText: [UInt8]?

  /// - Parameters:
  ///   - queueLimit: how many players may wait.
  ///   - figures: what the network is like now.
  init(
    version: String,
    queueLimit: Int,
    clock: IndexClock,
    figures: @escaping @Sendable () async -> NetworkFigures
  ) {
    self.version = version
    self.queueLimit = queueLimit
    self.clock = clock
    self.figures = figures
  }

  /// Looks once a second until cancelled.
  func run() async {
    while !Task.isCancelled {
      await self.look()
      // On the second, so that each value of the series is one second's.
      try? await Task.sleep(for: .milliseconds(1_000 - self.clock.unixMilliseconds() % 1_000))
    }
  }

  /// Ends a second.
  func look() async {
    let figures = await self.figures()
    self.history.record(figures, unix: self.clock.unixSeconds)
    self.statusText = (nil, nil)
    self.metricsText = nil
  }

  func status(withPlaces: Bool) -> NetworkStatus {
    self.history.status(
      milliseconds: self.clock.unixMilliseconds(),
      version: self.version,
      queueLimit: self.queueLimit,
      withPlaces: withPlaces
    )
  }

  /// `GET /v1/status`.
  func statusJSON(withPlaces: Bool) throws -> [UInt8] {
    if let text = withPlaces ? self.statusText.withPlaces : self.statusText.plain { return text }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = Array(try encoder.encode(self.status(withPlaces: withPlaces)))
    if withPlaces { self.statusText.withPlaces = text } else { self.statusText.plain = text }
    return text
  }

  /// `GET /metrics`.
  func metrics() -> [UInt8] {
    if let metricsText { return metricsText }
    let text = Array(
      MetricsText(self.history.latest, version: self.version, queueLimit: self.queueLimit).text.utf8
    )
    self.metricsText = text
    return text
  }

  /// `GET /`.
  func page() -> StatusPage {
    StatusPage(self.status(withPlaces: true))
  }
}
