import Glibc
import IndexAPI
import Matching
import MediaUnits

/// One blocking connection to a Redis server at a Unix socket, speaking RESP2.
struct RedisConnection {
  private let descriptor: Int32
  private var received: [UInt8] = []
  private var position = 0

  init(path: String) throws(BenchmarkFailure) { self.descriptor = try connectedSocket(path: path) }

  mutating func send(_ arguments: [String]) throws(BenchmarkFailure) {
    var request = "*\(arguments.count)\r\n"
    for argument in arguments { request += "$\(argument.utf8.count)\r\n\(argument)\r\n" }
    try writeAll(self.descriptor, Array(request.utf8))
  }

  /// A simple or bulk string, or a number, as text; `nil` for none. An error ends the benchmark.
  mutating func reply() throws(BenchmarkFailure) -> String? {
    let line = try self.line()
    switch line.first {
    case "+", ":": return String(line.dropFirst())
    case "$":
      guard let count = Int(line.dropFirst()), count >= 0 else { return nil }
      while self.received.count - self.position < count + 2 { try self.receive() }
      let text = String(decoding: self.received[self.position..<self.position + count], as: UTF8.self)
      self.position += count + 2
      return text
    default: throw BenchmarkFailure("Redis says \(line)")
    }
  }

  private mutating func line() throws(BenchmarkFailure) -> String {
    while true {
      if let end = self.received[self.position...].firstIndex(of: 13), end + 1 < self.received.count {
        let line = String(decoding: self.received[self.position..<end], as: UTF8.self)
        self.position = end + 2
        return line
      }
      try self.receive()
    }
  }

  private mutating func receive() throws(BenchmarkFailure) {
    self.received.removeFirst(self.position)
    self.position = 0
    try readSome(self.descriptor, into: &self.received)
  }
}

/// Redis with GEOSEARCH and Lua: one atomic script finds and takes.
///
/// The hosts that have a seat are in one geographic set for each game, which is Redis' own advice for filters it has no
/// index for; the script widens its circle until a host suits.
enum RedisRow {
  private static let script = """
    local game, class, price = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
    local wanted, radius = 32, 50
    while true do
      local near = redis.call('GEOSEARCH', 'game:' .. game, 'FROMLONLAT', ARGV[1], ARGV[2],
        'BYRADIUS', radius, 'km', 'ASC', 'COUNT', wanted)
      for _, host in ipairs(near) do
        local facts = redis.call('HMGET', 'host:' .. host, 'class', 'price', 'seats', 'used')
        if tonumber(facts[1]) >= class and tonumber(facts[2]) <= price and tonumber(facts[4]) < tonumber(facts[3]) then
          redis.call('HINCRBY', 'host:' .. host, 'used', 1)
          return host
        end
      end
      if #near < wanted then
        if radius > 20000 then return '' end
        radius = radius * 4
      else
        wanted = wanted * 4
      end
    end
    """

  static func load(_ data: Dataset, path: String) throws(BenchmarkFailure) {
    var redis = try RedisConnection(path: path)
    var pending = 0
    for (row, host) in data.hosts.enumerated() {
      guard let place = host.facts.place else { continue }
      try redis.send([
        "HSET", "host:\(row)", "class", "\(host.facts.performanceClass.rawValue)", "price", "\(host.facts.price)",
        "seats", "\(host.facts.seats)", "used", "\(host.facts.usedSeats)",
      ])
      for game in host.games {
        try redis.send(["GEOADD", "game:\(game)", "\(place.longitude)", "\(place.latitude)", "\(row)"])
      }
      pending += 1 + host.games.count
      guard pending > 500 else { continue }
      for _ in 0..<pending { _ = try redis.reply() }
      pending = 0
    }
    for _ in 0..<pending { _ = try redis.reply() }
  }

  static func makeTask(_ data: Dataset, path: String) throws(BenchmarkFailure) -> SocketTask {
    var redis = try RedisConnection(path: path)
    try redis.send(["SCRIPT", "LOAD", Self.script])
    let digest = try redis.reply() ?? ""
    return SocketTask(
      reserve: { (query: Dataset.Query) throws(BenchmarkFailure) -> Int? in
        try redis.send([
          "EVALSHA", digest, "0", "\(query.place.longitude)", "\(query.place.latitude)", "\(query.game)",
          "\(query.minimumClass.rawValue)", "\(query.maximumPrice)",
        ])
        return Int(try redis.reply() ?? "")
      },
      release: { (row: Int) throws(BenchmarkFailure) in
        try redis.send(["HINCRBY", "host:\(row)", "used", "-1"])
        _ = try redis.reply()
      }
    )
  }
}
