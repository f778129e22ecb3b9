import Glibc
import IndexAPI
import Matching
import MediaUnits

/// Finds the nearest host that suits and takes a seat of it, again and again: one engine, one number of hosts.
@main
enum FindAndReserve {
  private static let usage = """
    usage: find-and-reserve data HOSTS TAKEN
           find-and-reserve matcher HOSTS TAKEN SECONDS CHECKS
           find-and-reserve redis|postgres HOSTS TAKEN SECONDS CHECKS ADDRESS CONNECTIONS
           find-and-reserve seed HOSTS TAKEN DIRECTORY
           find-and-reserve http HOSTS TAKEN SECONDS ADDRESS CONNECTIONS RATE [ends]
    """

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      guard try await Self.run(arguments) else {
        Self.complain(Self.usage)
        exit(64)
      }
    } catch {
      Self.complain("\(error)")
      exit(1)
    }
  }

  private static func complain(_ text: String) {
    let line = Array((text + "\n").utf8)
    write(2, line, line.count)
  }

  private static func run(_ arguments: [String]) async throws -> Bool {
    guard arguments.count >= 3, let hostCount = Int(arguments[1]), let taken = Int(arguments[2]) else { return false }
    let data = Dataset(hostCount: hostCount, taken: taken)
    let rest = Array(arguments.dropFirst(3))
    switch (arguments[0], rest.count) {
    case ("data", 0): Self.list(data)
    case ("matcher", 2):
      guard let seconds = Double(rest[0]), let checks = Int(rest[1]) else { return false }
      report(MatcherRow.run(data, seconds: seconds, checks: checks))
    case ("redis", 4), ("postgres", 4):
      guard let seconds = Double(rest[0]), let checks = Int(rest[1]), let connections = Int(rest[3]) else {
        return false
      }
      try await Self.measure(arguments[0], data, seconds, checks, rest[2], connections)
    case ("seed", 1): try await Seeding.run(data, directory: rest[0])
    case ("http", 4), ("http", 5):
      let address = rest[1].split(separator: ":")
      guard let seconds = Double(rest[0]), address.count == 2, let port = UInt16(address[1]) else { return false }
      guard let connections = Int(rest[2]), let rate = Double(rest[3]) else { return false }
      report(
        try await HTTPRow.run(
          data,
          host: String(address[0]),
          port: port,
          connections: connections,
          rate: rate,
          seconds: seconds,
          ends: rest.last == "ends"
        )
      )
    default: return false
    }
    return true
  }

  private static func measure(
    _ engine: String,
    _ data: Dataset,
    _ seconds: Double,
    _ checks: Int,
    _ address: String,
    _ connections: Int
  ) async throws {
    let isRedis = engine == "redis"
    let start = monotonicNanoseconds()
    if isRedis { try RedisRow.load(data, path: address) } else { try PostgresRow.load(data, address) }
    let loaded = Double(monotonicNanoseconds() - start) / 1e9
    let makeTask: @Sendable () throws -> SocketTask = {
      try isRedis ? RedisRow.makeTask(data, path: address) : PostgresRow.makeTask(data, address)
    }
    let distances = try SocketRow.distances(data, count: checks, makeTask())
    let figures = try await SocketRow.run(
      data,
      engine: engine,
      connections: connections,
      seconds: seconds,
      makeTask: makeTask
    )
    report(figures + [("load_seconds", text(loaded))] + distances)
  }

  /// The data as text, so that anybody can see that it is the same.
  private static func list(_ data: Dataset) {
    for host in data.hosts {
      let place = host.facts.place ?? Place(latitude: 0, longitude: 0)
      print(
        host.facts.id,
        place.latitude,
        place.longitude,
        host.facts.performanceClass.rawValue,
        host.facts.price,
        host.facts.seats,
        host.facts.usedSeats,
        host.games.map(String.init).joined(separator: ","),
        separator: "\t"
      )
    }
  }
}
