/// Reads orders as players write them, ten times as fast as a decoder that reads everything.
///
/// What it reads is what `JSONDecoder` would make of it. Whatever is written in another way, right or wrong (escapes,
/// `null`, members that nobody knows or that come twice), is left to that.
public struct OrderReader {
  private let bytes: [UInt8]
  private var index = 0

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// - Returns: `nil` for what is to be read by the decoder.
  public static func order(_ bytes: [UInt8]) -> SessionOrder? {
    var reader = Self(bytes)
    guard let order = reader.order(), reader.isAtEnd else { return nil }
    return order
  }

  private mutating func order() -> SessionOrder? {
    var (request, game, transportKey): (RequestID?, String?, String?)
    var (picture, minimumClass, maximumPrice): (String?, PerformanceClass?, Int?)
    var (avoid, place, landmarks): ([HostID]?, Place?, String?)
    var (probes, waits): ([SessionOrder.Probe]?, Bool?)
    let isRead = self.members { reader, name in
      switch name {
      case "request": Self.take(&request) { reader.string().flatMap(RequestID.init) }
      case "game": Self.take(&game) { reader.string() }
      case "transportKey": Self.take(&transportKey) { reader.string() }
      case "picture": Self.take(&picture) { reader.string() }
      case "minimumClass": Self.take(&minimumClass) { reader.integer().flatMap(PerformanceClass.init) }
      case "maximumPrice": Self.take(&maximumPrice) { reader.integer() }
      case "avoid": Self.take(&avoid) { reader.elements { $0.string().flatMap(HostID.init) } }
      case "place": Self.take(&place) { reader.place() }
      case "landmarks": Self.take(&landmarks) { reader.string() }
      case "probes": Self.take(&probes) { reader.elements { $0.probe() } }
      case "waits": Self.take(&waits) { reader.boolean() }
      default: false
      }
    }
    guard isRead, let request, let game, let transportKey, let avoid, let probes, let waits else { return nil }
    return SessionOrder(
      request: request,
      game: game,
      transportKey: transportKey,
      picture: picture,
      minimumClass: minimumClass,
      maximumPrice: maximumPrice,
      avoid: avoid,
      place: place,
      landmarks: landmarks,
      probes: probes,
      waits: waits
    )
  }

  private mutating func place() -> Place? {
    var (latitude, longitude): (Double?, Double?)
    let isRead = self.members { reader, name in
      switch name {
      case "latitude": Self.take(&latitude) { reader.number() }
      case "longitude": Self.take(&longitude) { reader.number() }
      default: false
      }
    }
    guard isRead, let latitude, let longitude else { return nil }
    return Place(latitude: latitude, longitude: longitude)
  }

  private mutating func probe() -> SessionOrder.Probe? {
    var (host, roundTrip, jitter): (HostID?, Int?, Int?)
    let isRead = self.members { reader, name in
      switch name {
      case "host": Self.take(&host) { reader.string().flatMap(HostID.init) }
      case "roundTripMicroseconds": Self.take(&roundTrip) { reader.integer() }
      case "jitterMicroseconds": Self.take(&jitter) { reader.integer() }
      default: false
      }
    }
    guard isRead, let host, let roundTrip, let jitter else { return nil }
    return SessionOrder.Probe(host: host, roundTripMicroseconds: roundTrip, jitterMicroseconds: jitter)
  }

  /// - Returns: `false` if it came before, or cannot be read here.
  private static func take<Value>(_ slot: inout Value?, _ read: () -> Value?) -> Bool {
    guard slot == nil, let value = read() else { return false }
    slot = value
    return true
  }
}

// MARK: - JSON

extension OrderReader {
  private var isAtEnd: Bool {
    mutating get {
      self.skipSpace()
      return self.index == self.bytes.count
    }
  }

  /// Reads an object.
  private mutating func members(_ read: (inout Self, String) -> Bool) -> Bool {
    guard self.take("{") else { return false }
    if self.take("}") { return true }
    repeat {
      guard let name = self.string(), self.take(":"), read(&self, name) else { return false }
    } while self.take(",")
    return self.take("}")
  }

  /// Reads an array.
  private mutating func elements<Element>(_ read: (inout Self) -> Element?) -> [Element]? {
    guard self.take("[") else { return nil }
    var elements: [Element] = []
    if self.take("]") { return elements }
    repeat {
      guard let element = read(&self) else { return nil }
      elements.append(element)
    } while self.take(",")
    return self.take("]") ? elements : nil
  }

  /// Printable ASCII without escapes.
  private mutating func string() -> String? {
    guard self.take("\"") else { return nil }
    let start = self.index
    while self.index < self.bytes.count {
      let byte = self.bytes[self.index]
      guard byte != UInt8(ascii: "\"") else {
        self.index += 1
        return String(decoding: self.bytes[start..<self.index - 1], as: UTF8.self)
      }
      guard 0x20...0x7E ~= byte, byte != UInt8(ascii: "\\") else { return nil }
      self.index += 1
    }
    return nil
  }

  /// Up to 15 digits, and nothing that makes a fraction of it.
  private mutating func integer() -> Int? {
    self.numeral().flatMap { $0.utf8.count <= 15 ? Int($0) : nil }
  }

  /// What no rounding makes infinite or nothing of.
  private mutating func number() -> Double? {
    guard let text = self.numeral(), let value = Double(text), value.isNormal || text == "0" else { return nil }
    return value
  }

  /// - Spec: RFC 8259 §6.
  private mutating func numeral() -> String? {
    self.skipSpace()
    let start = self.index
    self.skip("-")
    let whole = self.index
    guard self.skipDigits(), self.index == whole + 1 || self.bytes[whole] != UInt8(ascii: "0") else { return nil }
    if self.skip(".") { guard self.skipDigits() else { return nil } }
    if self.skip("e") || self.skip("E") {
      if !self.skip("-") { self.skip("+") }
      guard self.skipDigits() else { return nil }
    }
    return String(decoding: self.bytes[start..<self.index], as: UTF8.self)
  }

  private mutating func boolean() -> Bool? {
    self.skipSpace()
    for (word, value) in [("true", true), ("false", false)] where self.bytes[self.index...].starts(with: word.utf8) {
      self.index += word.utf8.count
      return value
    }
    return nil
  }

  /// Whether the next token is this one, which is then read.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    self.skipSpace()
    return self.skip(character)
  }

  /// Whether the next byte is this one, which is then read.
  @discardableResult
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard self.index < self.bytes.count, self.bytes[self.index] == UInt8(ascii: character) else { return false }
    self.index += 1
    return true
  }

  /// - Returns: `false` if there are none.
  private mutating func skipDigits() -> Bool {
    let start = self.index
    while self.index < self.bytes.count, 0x30...0x39 ~= self.bytes[self.index] { self.index += 1 }
    return self.index > start
  }

  private mutating func skipSpace() {
    while self.index < self.bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(self.bytes[self.index]) { self.index += 1 }
  }
}
