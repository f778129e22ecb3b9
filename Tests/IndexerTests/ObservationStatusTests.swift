import Foundation
import IndexAPI
import MediaUnits
import Testing

@testable import Indexer

@Suite("The public status")
struct ObservationStatusTests {
  @Test("Counts what the figures say")
  func counts() {
    let status = ObservedNetwork.status(seconds: 20)
    #expect(status.hosts == NetworkStatus.Hosts(standby: 263, draining: 1, silent: 0, offline: 4))
    #expect(status.seats == NetworkStatus.Seats(offered: 526, used: 260, free: 266))
    #expect(status.sessions == 260)
    #expect(status.queue == NetworkStatus.Queue(waiting: 2, limit: 100, estimateSeconds: 34))
    #expect(status.matches == 140)
    #expect(status.refusals == 4)
    #expect(status.indexers == 2)
    #expect(status.unplacedHosts == 1)
    #expect(status.uptimeSeconds == 20)
    // 60 frames from 40 ms on, half a millisecond apart: the 30th, the 57th and the 60th.
    #expect(status.firstFrame.count == 60)
    #expect(status.firstFrame.p50Microseconds == 54_500)
    #expect(status.firstFrame.p95Microseconds == 68_000)
    #expect(status.firstFrame.p99Microseconds == 69_500)
  }

  @Test("Has one value a second, for five minutes")
  func series() {
    let short = ObservedNetwork.status(seconds: 20).series
    #expect(short.matches == Array(repeating: 7, count: 20))
    #expect(short.refusals == [2] + (2...20).map { $0 % 10 == 0 ? 1 : 0 })
    #expect(short.end == 1_800_000_020)
    // The first second's three frames.
    #expect(short.firstFrameP50Microseconds.first == 40_500)
    #expect(short.firstFrameP95Microseconds.first == 41_000)
    let long = ObservedNetwork.status(seconds: 310).series
    #expect(long.matches.count == 300)
    #expect(long.sessions.count == 300)
    #expect(long.firstFrameP95Microseconds.count == 300)
    #expect(long.end == 1_800_000_310)
  }

  @Test("Has no value for a second in which no session started")
  func noFrames() {
    var history = ObservedNetwork.history(seconds: 3)
    history.record(ObservedNetwork.figures(second: 3), unix: 1_800_000_004)
    let series = history.status(milliseconds: 0, version: "", queueLimit: 0, withPlaces: false).series
    #expect(series.firstFrameP50Microseconds[2] != nil)
    #expect(series.firstFrameP50Microseconds[3] == .some(nil))
    #expect(series.matches[3] == 0)
  }

  @Test("Joins hosts of one place, on a grid of half a degree")
  func places() throws {
    let places = PlaceGrid.places(of: [
      ObservedNetwork.point(50.12, 8.68, region: "a", used: 1),
      ObservedNetwork.point(50.08, 8.71, region: "a", state: .draining),
      ObservedNetwork.point(50.3, 8.7, region: "b"),
      ObservedNetwork.point(10, 10, state: .offline),
      ObservedNetwork.point(nil),
      ObservedNetwork.point(.nan),
    ])
    #expect(places.map(\.latitude) == [50, 50.5])
    let first = try #require(places.first)
    #expect(first.longitude == 8.5)
    #expect(first.region == "a")
    #expect((first.hosts, first.ready, first.seats, first.freeSeats) == (2, 1, 4, 1))
  }

  @Test("Never tells of more places than the limit", arguments: [6, 50, 2_000])
  func bounded(limit: Int) {
    var generator = SplitMix64(seed: 11)
    let points = (0..<10_000).map { _ in
      ObservedNetwork.point(.random(in: -90...90, using: &generator), .random(in: -180...180, using: &generator))
    }
    let places = PlaceGrid.places(of: points, limit: limit)
    #expect(places.count <= limit)
    #expect(places.reduce(0) { $0 + $1.hosts } == 10_000)
    #expect(places.allSatisfy { abs($0.latitude) <= 90 && abs($0.longitude) <= 180 })
  }

  @Test("Names no host, key or address, and reads back as it was")
  func discreet() throws {
    let status = ObservedNetwork.status(seconds: 5)
    let text = String(decoding: try JSONEncoder().encode(status), as: UTF8.self)
    for secret in ["192.0.2", "secret", HostID(high: 7, low: 9).description, "http:"] {
      #expect(!text.contains(secret), "\(secret)")
    }
    #expect(try JSONDecoder().decode(NetworkStatus.self, from: Data(text.utf8)) == status)
  }

  @Test("Is written once a second, with and without places, however many ask")
  func observatory() async throws {
    let clock = IndexClock(instant: { .zero }, unixMilliseconds: { 1_800_000_000_000 })
    let observatory = Observatory(version: "1", queueLimit: 5, clock: clock) { ObservedNetwork.figures(second: 4) }
    await observatory.look()
    let plain = try await observatory.statusJSON(withPlaces: false)
    let full = try await observatory.statusJSON(withPlaces: true)
    #expect(try JSONDecoder().decode(NetworkStatus.self, from: Data(plain)).places == nil)
    #expect(try JSONDecoder().decode(NetworkStatus.self, from: Data(full)).places?.count == 9)
    await observatory.look()
    let later = try await observatory.statusJSON(withPlaces: false)
    #expect(try JSONDecoder().decode(NetworkStatus.self, from: Data(later)).series.matches == [28, 0])
    #expect(await observatory.metrics().starts(with: "# HELP martlet_build_info".utf8))
  }
}
