public import Foundation
internal import SessionReport

/// Why a load test's result cannot be used.
public struct LoadResultError: Error, Hashable, CustomStringConvertible {
  public let description: String
}

extension LoadResult {
  /// Longer results are not read.
  public static let maximumByteCount = 16 << 20
  /// No figure is larger, so that those of any number of files that a command line holds can be added.
  private static let maximumFigure: Int64 = 1 << 50

  /// Reads a result that ``json`` wrote.
  public init(parsing json: Data) throws(LoadResultError) {
    struct Form: Decodable {
      var version: Int
    }
    guard json.count <= Self.maximumByteCount else {
      throw LoadResultError(description: "a result has at most \(Self.maximumByteCount >> 20) MiB")
    }
    guard let form = try? JSONDecoder().decode(Form.self, from: json) else {
      throw LoadResultError(description: "is not a result of `martlet load --json`")
    }
    guard form.version == Self.currentVersion else {
      throw LoadResultError(
        description: "has form \(form.version), and this program reads form \(Self.currentVersion); run the test again"
      )
    }
    do {
      self = try JSONDecoder().decode(LoadResult.self, from: json)
    } catch DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
      DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context)
    {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw LoadResultError(description: "is not a whole result: \(path.prefix(200)): \(context.debugDescription)")
    } catch {
      throw LoadResultError(description: "is not a whole result: \(error)")
    }
    try self.validate()
    // It follows from the rest.
    self.opinion = Opinion(of: self)
  }

  /// Adds what another machine measured, or another run.
  ///
  /// - Throws: where the sum is more than a result can hold; this one has then not changed.
  public mutating func merge(_ other: LoadResult) throws(LoadResultError) {
    var sum = self
    for (name, latency) in other.latencies {
      var histogram = sum.latencies[name]?.histogram ?? .init()
      guard histogram.canMerge(latency.histogram) else {
        throw LoadResultError(description: "\(name): more was measured than one result can hold")
      }
      histogram.merge(latency.histogram)
      sum.latencies[name] = Latency(histogram)
    }
    sum.failures.merge(other.failures) { $0 + $1 }
    sum.hosts = Set(sum.hosts + other.hosts).sorted()
    sum.seconds = max(sum.seconds, other.seconds)
    for figure in Self.figures { sum[keyPath: figure] += other[keyPath: figure] }
    sum.machines += other.machines
    for stream in other.streams where !sum.streams.contains(stream) { sum.streams.append(stream) }
    if let more = other.decoded {
      guard var decoded = sum.decoded else {
        sum.decoded = more
        return try self.take(sum, with: other)
      }
      for figure in Decoded.figures { decoded[keyPath: figure] += more[keyPath: figure] }
      sum.decoded = decoded
    }
    try self.take(sum, with: other)
  }

  /// Becomes `sum`, of which only the series is still this one's own, if it is one that can be held.
  private mutating func take(_ sum: LoadResult, with other: LoadResult) throws(LoadResultError) {
    var sum = sum
    guard sum.series.merge(other.series, limit: Self.maximumFigure) else {
      throw LoadResultError(description: "series: more was measured than one result can hold")
    }
    try sum.validate()
    sum.opinion = Opinion(of: sum)
    self = sum
  }

  private static var figures: [WritableKeyPath<LoadResult, Int64>] {
    [
      \.players, \.playersWithPicture, \.frames, \.framesMissing, \.framesLate, \.framesStalled, \.framesSkipped,
      \.freezes,
      \.freezeNanoseconds, \.watchedNanoseconds, \.bytesReceived, \.frameBytes, \.packetsLost, \.packetsRebuilt,
      \.resumptions,
    ]
  }

  private func validate() throws(LoadResultError) {
    let decoded = self.decoded.map { decoded in Decoded.figures.map { decoded[keyPath: $0] } } ?? []
    for figure in Self.figures.map({ self[keyPath: $0] }) + decoded + self.failures.values {
      guard 0...Self.maximumFigure ~= figure else {
        throw LoadResultError(description: "has the figure \(figure), which no test can have measured")
      }
    }
    guard 0...1e9 ~= self.seconds, self.playersWithPicture <= self.players, self.machines.count <= 100_000,
      self.failures.count <= 10_000,
      self.streams.count <= 10_000,
      self.series.isValid(limit: Self.maximumFigure), self.machines.allSatisfy(\.isPlausible),
      self.streams.allSatisfy(\.isPlausible)
    else {
      throw LoadResultError(description: "has figures that contradict each other")
    }
  }
}

extension LoadResult.Decoded {
  fileprivate static var figures: [WritableKeyPath<Self, Int64>] {
    [
      \.players, \.pictures, \.missing, \.late, \.stalled, \.freezes, \.freezeNanoseconds, \.watchedNanoseconds,
      \.failed, \.skipped,
    ]
  }
}

extension LoadResult.Machine {
  fileprivate var isPlausible: Bool { 0...1e6 ~= self.processorCores && 0...1e6 ~= self.threadBusyShare }
}

extension LoadResult.Stream {
  fileprivate var isPlausible: Bool {
    1...65_536 ~= self.width && 1...65_536 ~= self.height && 1...1000 ~= self.frameRate
      && 0...1_000_000_000_000 ~= self.bitsPerSecond && self.link.utf8.count <= 1000
      && self.decoding.utf8.count <= 32
  }
}
