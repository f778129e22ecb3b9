import Identity
import IndexAPI
import Matching

/// The bounds of what others say. The types alone do not keep them.
extension SessionOrder {
  func check() throws(Problem) {
    try Self.require(Ticket.isGameName(self.game), "game is 1 to 64 of a-z, 0-9 and -")
    try Self.require(Base64URL.isKey(self.transportKey), "transportKey is 43 characters of base64url")
    try Self.require(self.picture.map { $0.isPicture } ?? true, "picture is such as 1280x720")
    try Self.require(self.maximumPrice.map { 0...4_294_967_295 ~= $0 } ?? true, "maximumPrice is 0 to 4294967295")
    try Self.require(self.avoid.count <= 32, "avoid has at most 32 hosts")
    try Self.require(self.place?.isOnEarth ?? true, "place is -90 to 90 north and -180 to 180 east")
    try Self.require(self.landmarks.map { $0.isLandmarks } ?? true, "landmarks is id:microseconds, up to 8 of them")
    try Self.require(self.probes.count <= 16, "probes has at most 16 hosts")
    let range = 0...LandmarkVector.maximumMicroseconds
    try Self.require(
      self.probes.allSatisfy { range ~= $0.roundTripMicroseconds && range ~= $0.jitterMicroseconds },
      "round trips and jitter are 0 to 10000000 microseconds"
    )
  }

  private static func require(_ isTrue: Bool, _ rule: String) throws(Problem) {
    guard isTrue else { throw Problem(.badRequest, rule + ".") }
  }
}

extension HostRegistration {
  func check() throws(Problem) {
    try Self.require(self.endpoint.isEndpoint, "endpoint is address:port, at most 256 bytes")
    try Self.require(Base64URL.isKey(self.transportKey), "transportKey is 43 characters of base64url")
    try Self.require(1...64 ~= self.seats, "seats is 1 to 64")
    try Self.require(self.region?.isText(64) ?? true, "region is at most 64 characters")
    try Self.require(self.place?.isOnEarth ?? true, "place is -90 to 90 north and -180 to 180 east")
    try Self.require(0...4_294_967_295 ~= self.price, "price is 0 to 4294967295")
    try Self.require(1...64 ~= self.games.count, "games has 1 to 64 games")
    for game in self.games {
      try Self.require(Ticket.isGameName(game.name), "a game's name is 1 to 64 of a-z, 0-9 and -")
      try Self.require(game.title.isText(64), "a game's title is at most 64 characters")
      try Self.require(game.picture.isPicture, "a game's picture is such as 1280x720")
      try Self.require(1...240 ~= game.maximumRate, "a game's maximumRate is 1 to 240")
      try Self.require(0...64 ~= game.warm, "a game's warm is 0 to 64")
    }
    let capability = self.capability
    try Self.require(capability.gpu?.isText(128) ?? true, "gpu is at most 128 characters")
    try Self.require(capability.encoders.count <= 16, "encoders has at most 16 encoders")
    try Self.require(1...4_096 ~= capability.cores, "cores is 1 to 4096")
    try Self.require(1...1_073_741_824 ~= capability.memoryMegabytes, "memoryMegabytes is 1 to 1073741824")
    for encoder in capability.encoders {
      try Self.require(encoder.name.isText(64), "an encoder's name is at most 64 characters")
      try Self.require(encoder.picture.isPicture, "an encoder's picture is such as 1280x720")
      try Self.require(0...100_000 ~= encoder.framesPerSecond, "framesPerSecond is 0 to 100000")
    }
  }

  private static func require(_ isTrue: Bool, _ rule: String) throws(Problem) {
    guard isTrue else { throw Problem(.badRequest, rule + ".") }
  }
}

extension Heartbeat {
  func check() throws(Problem) {
    try Self.require(self.state == .standby || self.state == .draining, "state is standby or draining")
    try Self.require(0...64 ~= self.freeSeats, "freeSeats is 0 to 64")
    try Self.require(0...1 ~= self.encoderLoad, "encoderLoad is 0 to 1")
    try Self.require(self.gpuLoad.map { 0...1 ~= $0 } ?? true, "gpuLoad is 0 to 1")
    try Self.require(self.games.count <= 64, "games has at most 64 games")
    try Self.require(self.games.allSatisfy { 0...64 ~= $0.warm }, "a game's warm is 0 to 64")
    try Self.require(self.sessions.count <= 64, "sessions has at most 64 sessions")
    try Self.require(self.ended.count <= 256, "ended has at most 256 sessions")
    try Self.require(self.ended.allSatisfy { $0.reason.isText(200) }, "a reason is at most 200 characters")
    try Self.require(self.landmarks.isEmpty || self.landmarks.isLandmarks, "landmarks is id:microseconds, up to 8")
  }

  private static func require(_ isTrue: Bool, _ rule: String) throws(Problem) {
    guard isTrue else { throw Problem(.badRequest, rule + ".") }
  }
}

extension Base64URL {
  /// Whether `text` stands for 32 bytes.
  static func isKey(_ text: String) -> Bool {
    text.utf8.count == 43 && Self.decode(text.utf8) != nil
  }
}

extension Place {
  var isOnEarth: Bool { -90...90 ~= self.latitude && -180...180 ~= self.longitude }
}

extension String {
  /// Whether there are no control characters in it, and at most `maximum` Unicode scalars.
  func isText(_ maximum: Int) -> Bool {
    self.unicodeScalars.count <= maximum && self.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }

  /// Whether it is `WIDTHxHEIGHT`, each 1 to 5 digits.
  var isPicture: Bool {
    let sides = self.utf8.split(separator: UInt8(ascii: "x"), omittingEmptySubsequences: false)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return sides.count == 2 && sides.allSatisfy { 1...5 ~= $0.count && $0.allSatisfy { digits ~= $0 } }
  }

  /// Whether it is `address:port`.
  var isEndpoint: Bool {
    guard self.utf8.count <= 256, let colon = self.utf8.lastIndex(of: UInt8(ascii: ":")) else { return false }
    let (address, port) = (self.utf8[..<colon], self.utf8[self.utf8.index(after: colon)...])
    guard !address.isEmpty, address.allSatisfy({ 0x21...0x7E ~= $0 }), 1...5 ~= port.count,
      port.first != UInt8(ascii: "0")
    else { return false }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return port.allSatisfy { digits ~= $0 } && 1...65_535 ~= Int(String(self[self.index(after: colon)...])) ?? 0
  }

  /// Whether it is `id:microseconds`, at most eight of them; the matcher makes nothing of a landmark that comes twice.
  var isLandmarks: Bool {
    let parts = self.split(separator: ",", omittingEmptySubsequences: false)
    return parts.count <= LandmarkVector.maximumCount
      && parts.allSatisfy { part in
        let sides = part.split(separator: ":", omittingEmptySubsequences: false)
        guard sides.count == 2, HostID(String(sides[0])) != nil, 1...8 ~= sides[1].utf8.count else { return false }
        guard sides[1].utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return false }
        return Int(sides[1]).map { $0 <= LandmarkVector.maximumMicroseconds } ?? false
      }
  }
}
