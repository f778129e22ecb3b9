import Glibc
import Identity
import IndexAPI
import Matching
import MediaUnits

/// Players at an indexer's HTTP API: each order signed, each ticket looked at, each session given up if that is asked.
enum HTTPRow {
  /// Sessions that a connection keeps before it ends the oldest.
  private static let sessionCount = 8
  /// Orders of one player, one after the other: an indexer lets it have four sessions.
  private static let ordersPerPlayer = 4

  struct Result: Sendable {
    var nanoseconds: [Int64] = []
    var statuses: [Int: Int] = [:]
    var wrong = 0
    var requests = 0
  }

  private struct Session {
    var id: SessionID
    var player: IdentityKey
  }

  /// - Parameters:
  ///   - rate: orders a second of all connections together, at their times whatever the answers do; 0 for as many as are
  ///     answered.
  ///   - ends: whether sessions are given up again, which is one more signed request and one more durable write each.
  static func run(
    _ data: Dataset,
    host: String,
    port: UInt16,
    connections: Int,
    rate: Double,
    seconds: Double,
    ends: Bool
  ) async throws -> [(String, String)] {
    let hosts = Dictionary(uniqueKeysWithValues: data.hosts.enumerated().map { ($1.facts.id, $0) })
    let begun = monotonicNanoseconds() + 200_000_000
    let end = begun + Int64(seconds * 1e9)
    let results = try await withThrowingTaskGroup(of: Result.self) { group in
      for number in 0..<connections {
        group.addTask {
          try await onThread {
            let interval = rate > 0 ? Double(connections) * 1e9 / rate : 0
            let schedule = (first: begun + Int64(interval * Double(number) / Double(connections)), interval: interval)
            let connection = try HTTPConnection(host: host, port: port)
            return try Self.work(data, hosts, connection, number: number, schedule, end: end, ends: ends)
          }
        }
      }
      return try await group.reduce(into: [Result]()) { $0.append($1) }
    }
    let elapsed = Double(monotonicNanoseconds() - begun) / 1e9
    var figures = Figures(capacity: 1 << 20)
    for nanoseconds in results.flatMap(\.nanoseconds) { figures.add(nanoseconds) }
    let percentiles = figures.percentiles([0.5, 0.99, 0.999])
    let statuses = results.reduce(into: [Int: Int]()) { $0.merge($1.statuses, uniquingKeysWith: +) }
    return [
      ("engine", ends ? "\"http ends\"" : rate > 0 ? "\"http open\"" : "\"http\""),
      ("rate", text(Double(figures.count) / elapsed)),
      ("p50", text(percentiles[0])), ("p99", text(percentiles[1])), ("p999", text(percentiles[2])),
      ("requests", text(Double(results.reduce(0) { $0 + $1.requests }) / elapsed)),
      ("statuses", "{" + statuses.sorted { $0.key < $1.key }.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"),
      ("wrong", "\(results.reduce(0) { $0 + $1.wrong })"), ("connections", "\(connections)"),
    ]
  }

  private static func work(
    _ data: Dataset,
    _ hosts: [HostID: Int],
    _ opened: HTTPConnection,
    number: Int,
    _ schedule: (first: Int64, interval: Double),
    end: Int64,
    ends: Bool
  ) throws -> Result {
    var connection = opened
    var random = SplitMix64(seed: 5_000 + UInt64(number))
    // Requests of another run must not be taken for repeated ones.
    var nonces = SplitMix64(seed: UInt64(truncatingIfNeeded: monotonicNanoseconds()) ^ UInt64(number) << 40)
    var player = IdentityKey()
    var result = Result()
    var sessions: [Session] = []
    var index = 0
    while true {
      let query = data.query(&random)
      if index % Self.ordersPerPlayer == 0 { player = IdentityKey() }
      let body = Self.body(query, request: .random(using: &nonces))
      let intended = schedule.first + Int64(Double(index) * schedule.interval)
      Self.sleep(until: schedule.interval > 0 ? intended : schedule.first)
      let start = schedule.interval > 0 ? intended : monotonicNanoseconds()
      guard start < end else { break }
      let answer = try connection.exchange("POST", "/v1/sessions", body, player, nonce: .random(using: &nonces))
      result.nanoseconds.append(monotonicNanoseconds() - start)
      result.statuses[answer.status, default: 0] += 1
      result.requests += 1
      index += 1
      if let offer = Self.offer(in: answer) {
        let row = hosts[offer.host]
        if !offer.hasTicket
          || !(row.map { query.isServed(by: data.hosts[$0].facts, games: data.hosts[$0].games) } ?? false)
        {
          result.wrong += 1
        }
        if ends { sessions.append(Session(id: offer.session, player: player)) }
      }
      if sessions.count > Self.sessionCount {
        try Self.end(sessions.removeFirst(), &connection, &result, nonce: .random(using: &nonces))
      }
    }
    for session in sessions { try Self.end(session, &connection, &result, nonce: .random(using: &nonces)) }
    return result
  }

  private static func end(
    _ session: Session,
    _ connection: inout HTTPConnection,
    _ result: inout Result,
    nonce: RequestID
  ) throws {
    let answer = try connection.exchange("DELETE", "/v1/sessions/\(session.id)", [], session.player, nonce: nonce)
    if answer.status != 204 { result.wrong += 1 }
    result.requests += 1
  }

  private static func sleep(until nanoseconds: Int64) {
    let delay = nanoseconds - monotonicNanoseconds()
    if delay > 0 { usleep(UInt32(delay / 1_000)) }
  }

  /// What `JSONEncoder` would write, for less: the load generator has the same two cores as what it measures.
  private static func body(_ query: Dataset.Query, request: RequestID) -> [UInt8] {
    let text = """
      {"request":"\(request)","game":"\(Dataset.gameNames[query.game])","transportKey":"\(Self.transportKey)",\
      "minimumClass":\(query.minimumClass.rawValue),"maximumPrice":\(query.maximumPrice),"avoid":[],"probes":[],\
      "place":{"latitude":\(query.place.latitude),"longitude":\(query.place.longitude)},"waits":false}
      """
    return Array(text.utf8)
  }

  private static let transportKey = String(repeating: "A", count: 43)

  private static func offer(in answer: HTTPConnection.Answer) -> (session: SessionID, host: HostID, hasTicket: Bool)? {
    guard answer.status == 201 else { return nil }
    // The alternate, which is an endpoint too, comes before the game.
    guard let game = Self.end(of: "\"game\":", in: answer.body, from: 0),
      let host = Self.field("\"host\":\"", in: answer.body, from: game).flatMap({ HostID($0) }),
      let session = Self.field("\"session\":\"", in: answer.body, from: game).flatMap({ SessionID($0) }),
      let ticket = Self.field("\"ticket\":\"", in: answer.body, from: game)
    else { return nil }
    return (session, host, ticket.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2 && ticket.utf8.count <= 512)
  }

  private static func field(_ name: String, in body: [UInt8], from start: Int) -> String? {
    guard let begin = Self.end(of: name, in: body, from: start) else { return nil }
    return String(decoding: body[begin...].prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
  }

  private static func end(of name: String, in body: [UInt8], from start: Int) -> Int? {
    let wanted = Array(name.utf8)
    var index = start
    while index + wanted.count <= body.count {
      if body[index] == wanted[0], body[index..<index + wanted.count].elementsEqual(wanted) {
        return index + wanted.count
      }
      index += 1
    }
    return nil
  }
}
