import Glibc
import IndexAPI
import Matching
import MediaUnits
import Synchronization

/// The same task for every engine at the end of a socket, on one connection.
struct SocketTask {
  /// The row of the host whose seat was taken; `nil` if nobody suits.
  var reserve: (Dataset.Query) throws(BenchmarkFailure) -> Int?
  var release: (Int) throws(BenchmarkFailure) -> Void
}

/// Connections that each do the task again and again, in a thread each.
enum SocketRow {
  private struct Result: Sendable {
    var nanoseconds: [Int64] = []
    var distances: [Double] = []
    var nobody = 0
  }

  /// - Parameter makeTask: a task on a connection of its own, made in the thread that uses it.
  static func run(
    _ data: Dataset,
    engine: String,
    connections: Int,
    seconds: Double,
    makeTask: @escaping @Sendable () throws -> SocketTask
  ) async throws -> [(String, String)] {
    let begun = monotonicNanoseconds()
    let end = begun + Int64(seconds * 1e9)
    let results = try await withThrowingTaskGroup(of: Result.self) { group in
      for number in 0..<connections {
        group.addTask {
          try await onThread { try Self.work(data, number: number, until: end, makeTask()) }
        }
      }
      return try await group.reduce(into: [Result]()) { $0.append($1) }
    }
    let elapsed = Double(monotonicNanoseconds() - begun) / 1e9
    var figures = Figures(capacity: 1 << 20)
    for nanoseconds in results.flatMap(\.nanoseconds) { figures.add(nanoseconds) }
    let percentiles = figures.percentiles([0.5, 0.99, 0.999])
    return [
      ("engine", "\"\(engine)\""), ("rate", text(Double(figures.count) / elapsed)), ("p50", text(percentiles[0])),
      ("p99", text(percentiles[1])), ("p999", text(percentiles[2])), ("matches", "\(figures.count)"),
      ("nobody", "\(results.reduce(0) { $0 + $1.nobody })"), ("connections", "\(connections)"),
    ]
  }

  private static func work(_ data: Dataset, number: Int, until end: Int64, _ task: SocketTask) throws -> Result {
    var random = SplitMix64(seed: 1_000 + UInt64(number))
    var result = Result()
    var sessions: [Int] = []
    var oldest = 0
    while true {
      let query = data.query(&random)
      let start = monotonicNanoseconds()
      guard start < end else { return result }
      let row = try task.reserve(query)
      // Releasing the oldest is part of a match here as it is in the process.
      if let row, sessions.count == 8 {
        try task.release(sessions[oldest])
        sessions[oldest] = row
        oldest = (oldest + 1) % 8
      } else if let row {
        sessions.append(row)
      } else {
        result.nobody += 1
      }
      result.nanoseconds.append(monotonicNanoseconds() - start)
    }
  }

  /// The distances of the first `count` answers of an untouched engine, beside those by brute force.
  static func distances(_ data: Dataset, count: Int, _ task: SocketTask) throws -> [(String, String)] {
    var random = SplitMix64(seed: 3)
    var used = data.hosts.map(\.facts.usedSeats)
    var (found, nearest): ([Double], [Double]) = ([], [])
    for _ in 0..<count {
      let query = data.query(&random)
      var best: Double?
      for (row, host) in data.hosts.enumerated() where used[row] < host.facts.seats {
        guard query.isServed(by: host.facts, games: host.games), let place = host.facts.place else { continue }
        best = min(best ?? .infinity, kilometres(query.place, place))
      }
      guard let row = try task.reserve(query), let place = data.hosts[row].facts.place, let best else { continue }
      used[row] += 1
      found.append(kilometres(query.place, place))
      nearest.append(best)
    }
    let mean = { (values: [Double]) in values.reduce(0, +) / Double(max(1, values.count)) }
    let tail = { (values: [Double]) in values.sorted()[min(values.count - 1, values.count * 95 / 100)] }
    return [
      ("mean_km", text(mean(found))), ("brute_mean_km", text(mean(nearest))), ("p95_km", text(tail(found))),
      ("brute_p95_km", text(tail(nearest))), ("checked", "\(found.count)"),
    ]
  }
}

/// Runs blocking work in a thread of its own.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    let work = ThreadWork { continuation.resume(with: Swift.Result(catching: body)) }
    var thread = pthread_t()
    pthread_create(
      &thread,
      nil,
      {
        Unmanaged<ThreadWork>.fromOpaque($0!).takeRetainedValue().body(); return nil
      },
      Unmanaged.passRetained(work).toOpaque()
    )
    pthread_detach(thread)
  }
}

private final class ThreadWork: Sendable {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
