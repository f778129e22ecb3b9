import Foundation
import IndexAPI

/// The page's words and numbers, as its scripts would write them.
struct PageText {
  /// By the names in the page's template, as HTML.
  let fields: [String: String]

  init(_ status: NetworkStatus) {
    let (hosts, seats, queue) = (status.hosts, status.seats, status.queue)
    let recent = status.series.matches.suffix(5)
    let refused = status.series.refusals.suffix(60).reduce(0, +)
    let places = status.places ?? []
    let frame = status.firstFrame
    self.fields = [
      "time": Self.time(status.time),
      "summary": Self.summary(status),
      "emptyHidden": places.isEmpty ? "" : " hidden",
      "rows": places.sorted { $0.hosts > $1.hosts }.prefix(200).map(Self.row).joined(separator: "\n"),
      "more": places.count > 200 ? "The largest 200 of \(Self.number(places.count)) places." : "",
      "sessions": Self.number(status.sessions),
      "seatsNote": "on \(Self.number(seats.offered)) offered seats, \(Self.number(seats.free)) free",
      "matches": Self.rate(Double(recent.reduce(0, +)) / Double(max(1, recent.count))),
      "matchNote": "\(refused == 0 ? "none" : Self.number(refused)) refused in the last minute",
      "waiting": Self.number(queue.waiting),
      "queueNote": queue.waiting == 0
        ? "nobody waits"
        : queue.estimateSeconds.map { "about \(Self.span($0)) for the last in line" } ?? "no estimate yet",
      "frame": Self.milliseconds(frame.p50Microseconds),
      "frameNote": frame.count == 0
        ? "no session started yet"
        : "p50 · p95 \(Self.milliseconds(frame.p95Microseconds)) · p99 \(Self.milliseconds(frame.p99Microseconds))",
      "standby": Self.number(hosts.standby),
      "draining": Self.number(hosts.draining),
      "silent": Self.number(hosts.silent),
      "offline": Self.number(hosts.offline),
      "indexers": Self.number(status.indexers),
      "matchesTotal": Self.number(status.matches),
      "matchLatency": Self.milliseconds(status.matchLatency.p99Microseconds),
      "durability": Self.escaped(Self.durability(status.durability)),
      "uptime": Self.span(status.uptimeSeconds),
      "version": Self.escaped(status.version),
    ]
  }

  private static func summary(_ status: NetworkStatus) -> String {
    let (hosts, waiting) = (status.hosts, status.queue.waiting)
    guard hosts.standby + hosts.draining + hosts.silent > 0 else {
      return "No hosts yet: the network is waiting for its first."
    }
    let ready =
      hosts.standby == 0
      ? "No host takes players at the moment."
      : Self.count(hosts.standby, "host takes", "hosts take") + " players, with "
        + Self.count(status.seats.free, "free seat", "free seats") + "."
    let running =
      status.sessions == 0 ? "No session runs" : Self.count(status.sessions, "session runs", "sessions run")
    let queue = waiting == 0 ? "nobody waits." : Self.count(waiting, "player waits.", "players wait.")
    return "\(ready) \(running) and \(queue)"
  }

  private static func row(_ place: NetworkStatus.Place) -> String {
    let north = "\(Int(abs(place.latitude).rounded()))°\(place.latitude < 0 ? "S" : "N")"
    let east = "\(Int(abs(place.longitude).rounded()))°\(place.longitude < 0 ? "W" : "E")"
    let name = (place.region.map { Self.escaped($0) + ", " } ?? "") + "\(north) \(east)"
    let numbers = [place.hosts, place.ready, place.freeSeats, place.seats].map { "<td>\(Self.number($0))</td>" }
    return "<tr><td>\(name)</td>\(numbers.joined())</tr>"
  }

  private static func durability(_ name: String) -> String {
    switch name {
    case "disk": "the disk"
    case "database": "the database’s disks"
    default: "memory only"
    }
  }

  /// With a comma between thousands.
  private static func number(_ value: Int) -> String {
    var digits = Array(String(value.magnitude))
    for index in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: index) }
    return (value < 0 ? "-" : "") + String(digits)
  }

  private static func count(_ value: Int, _ one: String, _ many: String) -> String {
    "\(Self.number(value)) \(value == 1 ? one : many)"
  }

  private static func rate(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return value >= 100 || tenths % 10 == 0 ? Self.number(Int(value.rounded())) : "\(tenths / 10).\(tenths % 10)"
  }

  private static func milliseconds(_ microseconds: Int?) -> String {
    switch microseconds {
    case nil: "–"
    case let value? where value < 1_000: "\(value) µs"
    case let value? where value < 10_000: "\(value / 1_000).\(value % 1_000 / 100) ms"
    case let value? where value < 10_000_000: "\(Self.number((value + 500) / 1_000)) ms"
    case let value?: "\(value / 1_000_000) s"
    }
  }

  private static func span(_ seconds: Int) -> String {
    switch seconds {
    case ..<90: "\(seconds) s"
    case ..<5_400: "\((seconds + 30) / 60) min"
    case ..<172_800: "\((seconds + 1_800) / 3_600) h"
    default: "\((seconds + 43_200) / 86_400) days"
    }
  }

  private static func time(_ milliseconds: Int64) -> String {
    let second = (milliseconds / 1_000 % 86_400 + 86_400) % 86_400
    let parts = [second / 3_600, second / 60 % 60].map { ($0 < 10 ? "0" : "") + String($0) }
    return parts.joined(separator: ":") + " UTC"
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { escaped, character in
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.append(character)
      }
    }
  }
}
