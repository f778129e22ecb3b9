import Foundation
import IndexAPI
import Matching

/// How a host was chosen, for people, from the indexer's record of the decision.
struct MatchTable {
  private let record: DecisionRecord

  /// - Parameter json: what the indexer keeps of the match.
  init(json: [UInt8]) throws {
    self.record = try JSONDecoder().decode(DecisionRecord.self, from: Data(json))
  }

  /// - Parameter names: for people, by host.
  func text(names: [HostID: String]) -> String {
    var table = TextTable([
      "host", "", ">estimate ms", ">round trip ms", "stage", ">load", ">price", ">free seats",
    ])
    for candidate in self.record.shortlist {
      let mark =
        candidate.host == self.record.chosen ? "chosen" : candidate.host == self.record.alternate ? "alternate" : ""
      table.add([
        names[candidate.host] ?? "\(candidate.host)", mark, TextTable.milliseconds(candidate.estimatedMicroseconds),
        TextTable.milliseconds(candidate.probedMicroseconds), candidate.isWarm ? "warm" : "cold",
        "\(Int((candidate.load * 100).rounded())) %", "\(candidate.price)", "\(candidate.freeSeats)",
      ])
    }
    let cap = self.record.capMicroseconds.map { "at most \(TextTable.milliseconds($0)) ms away" } ?? "at any distance"
    let count = self.record.shortlist.count
    let replay = self.record.replayed() == self.record.chosen ? "; replayed, the record chooses the same" : ""
    return """
      Match: of \(count) host\(count == 1 ? "" : "s") \(cap), two drawn by lot from the nearest band, the better taken\(replay)
      \(table.text)
      """
  }
}
