internal import ArgumentParser
internal import Foundation
internal import MediaUnits
internal import NetworkSimulator
internal import NetworkTrials

/// What kind of line a trace was recorded on.
enum Family: String, CaseIterable, Codable, ExpressibleByArgument, Sendable {
  case wifi
  case ethernet
  case cellular

  var roundTrip: Duration {
    switch self {
    case .wifi: .milliseconds(18)
    case .ethernet: .milliseconds(16)
    case .cellular: .milliseconds(20)
    }
  }

  var prefix: String {
    switch self {
    case .wifi: "wifi-"
    case .ethernet: "eth-"
    case .cellular: "cell-"
    }
  }
}

struct TraceFile: Sendable {
  var name: String
  var family: Family
  var trace: RateTrace

  /// Those of a folder whose names tell their family, in the order of their names.
  static func all(in folder: String?) throws -> [TraceFile] {
    guard let folder else { return [] }
    let urls = try FileManager.default.contentsOfDirectory(at: URL(filePath: folder), includingPropertiesForKeys: nil)
    return try urls.filter { $0.pathExtension == "log" }
      .sorted { $0.lastPathComponent.compare($1.lastPathComponent, options: .numeric) == .orderedAscending }
      .compactMap { url in
        let name = url.deletingPathExtension().lastPathComponent
        guard let family = Family.allCases.first(where: { name.hasPrefix($0.prefix) }) else { return nil }
        let trace = try RateTrace(parsingRows: Array(Data(contentsOf: url)), loops: false)
        return TraceFile(name: name, family: family, trace: trace)
      }
  }

  var path: TrialPath {
    TrialPath(trace: self.trace.keeping(rate: true, loss: true), roundTrip: self.family.roundTrip)
  }

  func duration(_ options: RunOptions) -> Duration {
    options.seconds > 0 ? min(self.trace.duration, .seconds(options.seconds)) : self.trace.duration
  }
}
