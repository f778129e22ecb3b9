import Foundation
import IndexAPI
import Testing

@testable import Indexer

@Suite("The page")
struct ObservationPageTests {
  @Test("Needs nothing from elsewhere, and lets nothing in")
  func policy() throws {
    let page = StatusPage(ObservedNetwork.status(seconds: 30), nonce: "abcdefghijklmnopqrstuv")
    let headers = Dictionary(uniqueKeysWithValues: page.headers.map { ($0.name, $0.value) })
    let policy = try #require(headers["Content-Security-Policy"])
    #expect(policy.contains("default-src 'none'"))
    #expect(policy.contains("script-src 'nonce-abcdefghijklmnopqrstuv'"))
    #expect(!policy.contains("unsafe"))
    #expect(headers["Content-Type"] == "text/html; charset=utf-8")
    #expect(page.body.utf8.count < 60_000)
    for tag in page.body.matches(of: /<(?:script|style)[^>]*>/) {
      #expect(tag.output.contains("nonce=\"abcdefghijklmnopqrstuv\""))
    }
    let addresses = page.body.matches(of: /https?:\/\/[^"' ]+/).map { String($0.output) }
    #expect(Set(addresses) == ["http://www.w3.org/2000/svg"])
    for outside in [" src=", "@import", "url(", " style=", " onclick", "innerHTML", "{{"] {
      #expect(!page.body.contains(outside), "\(outside)")
    }
  }

  @Test("Has another nonce each time")
  func nonces() {
    let status = ObservedNetwork.status(seconds: 1)
    #expect(StatusPage(status).body != StatusPage(status).body)
  }

  @Test("Has every figure without scripts, and no text of a host's as HTML")
  func withoutScripts() {
    let page = StatusPage(ObservedNetwork.status(seconds: 20))
    let sentence = "263 hosts take players, with 266 free seats. 260 sessions run and 2 players wait."
    #expect(page.body.contains("<h1 id=\"summary\">\(sentence)</h1>"))
    #expect(page.body.contains("<b id=\"v-frame\">55 ms</b>"))
    #expect(page.body.contains("<b id=\"v-matches\">7</b>"))
    #expect(page.body.contains("<td>eu-central, 50°N 9°E</td><td>62</td><td>62</td>"))
    #expect(page.body.contains("&lt;b&gt;&amp;&quot;&#39;"))
    #expect(!page.body.contains("<b>&"))
  }

  @Test("Says so when there is no host")
  func empty() {
    let status = NetworkHistory().status(milliseconds: 0, version: "1", queueLimit: 1, withPlaces: true)
    let page = StatusPage(status)
    #expect(page.body.contains("No hosts yet: the network is waiting for its first."))
    #expect(page.body.contains("id=\"empty\">"))
    #expect(page.body.contains("00:00 UTC"))
  }

  @Test("Draws land where there is land")
  func land() {
    let stretches = StatusPage.landPath.matches(of: /M(\d+)\.5 (\d+)\.5h(\d+)\.01/)
    func isLand(_ latitude: Double, _ longitude: Double) -> Bool {
      let (row, column) = (Int((84 - latitude) / 2), Int((longitude + 180) / 2))
      return stretches.contains { stretch in
        guard let first = Int(stretch.1), let length = Int(stretch.3) else { return false }
        return Int(stretch.2) == row && first <= column && column <= first + length
      }
    }
    #expect(isLand(50, 9))
    #expect(isLand(-25, 135))
    #expect(isLand(0, 25))
    #expect(!isLand(0, -30))
    #expect(!isLand(-40, 90))
    #expect(!isLand(30, -150))
  }

  /// `Tests/page-check` says on standard error what is wrong.
  @Test("Works in a browser, in light and dark, wide and narrow, and by keyboard", .timeLimit(.minutes(3)))
  func browser() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let status = ObservedNetwork.status(seconds: 250)
    let page = StatusPage(status)
    let encoder = JSONEncoder()
    let headers = Dictionary(uniqueKeysWithValues: page.headers.map { ($0.name, $0.value) })
    let plain = ObservedNetwork.status(seconds: 250, withPlaces: false)
    let files = [
      "page.html": Data(page.body.utf8), "headers.json": try encoder.encode(headers),
      "places.json": try encoder.encode(status), "status.json": try encoder.encode(plain),
    ]
    for (name, data) in files { try data.write(to: directory.appendingPathComponent(name)) }
    let check = Process()
    check.executableURL = URL(fileURLWithPath: "Tests/page-check")
    check.arguments = [directory.path]
    // Pictures to look at, for those who ask for them.
    if let pictures = ProcessInfo.processInfo.environment["MARTLET_SCREENSHOTS"] {
      check.arguments?.append(contentsOf: ["--screenshots", pictures])
    }
    try check.run()
    check.waitUntilExit()
    #expect(check.terminationStatus == 0)
  }
}
