import ArgumentParser
import Foundation
import SeatHistory

struct CheckHistory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Judges a record: prints what was found as JSON, and fails when something was found that must not be."
  )

  @Argument(help: "The record.")
  var record: String

  @Option(help: "Milliseconds by which a lease may end early, for clocks of different speed.")
  var slack: Int64 = 50

  private struct Findings: Codable {
    var hosts = 0
    var operations = 0
    var matches = 0
    var admissions = 0
    var registrations = 0
    var losses = 0
    var renewals = 0
    var refusals: [String: Int] = [:]
    /// Sessions that the store has and that no player was told of: their answers were lost.
    var unclaimed = 0
    var linearizable = 0
    var notLinearizable: [String] = []
    var undecided: [String] = []
    var violations: [String] = []
  }

  func run() throws {
    var (findings, histories) = (Findings(), [String: SeatHistory]())
    let text = try String(contentsOfFile: self.record, encoding: .utf8)
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let event = try JSONDecoder().decode(Event.self, from: Data(line))
      switch event.what {
      case .host: histories[event.host ?? "", default: SeatHistory(capacity: 0)].capacity = event.seats ?? 0
      case .seats:
        if let operation = event.operation {
          histories[event.host ?? "", default: SeatHistory(capacity: 0)].operations.append(operation)
        }
      case .match: findings.matches += 1
      case .refusal: findings.refusals[event.text ?? "", default: 0] += 1
      case .loss: findings.losses += 1
      case .renewal: findings.renewals += 1
      case .admission: findings.admissions += 1
      case .registration: findings.registrations += 1
      case .propagation: break
      case .violation: findings.violations.append("host \(event.host ?? "none"): \(event.text ?? "")")
      }
    }
    for (host, history) in histories.sorted(by: { $0.key < $1.key }) {
      self.judge(history, of: host, into: &findings)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    FileHandle.standardOutput.write(try encoder.encode(findings) + Data("\n".utf8))
    let isGood = findings.violations.isEmpty && findings.notLinearizable.isEmpty && findings.undecided.isEmpty
    guard isGood else { throw ExitCode.failure }
  }

  private func judge(_ history: SeatHistory, of host: String, into findings: inout Findings) {
    var history = history
    let unclaimed = Self.unclaimed(in: history)
    for session in unclaimed {
      history.operations.append(
        SeatOperation(.reserve(session: session, lease: 0), .unknown, invoked: 0, returned: 0)
      )
    }
    findings.hosts += 1
    findings.operations += history.operations.count
    findings.unclaimed += unclaimed.count
    switch history.verdict(slack: self.slack * 1_000_000) {
    case .linearizable: findings.linearizable += 1
    case .undecided: findings.undecided.append(host)
    case .notLinearizable(let index):
      let operation = history.operations[index]
      findings.notLinearizable.append(
        "host \(host) of \(history.capacity) seats: \(operation.kind) \(operation.outcome) between \(operation.invoked) "
          + "and \(operation.returned) ns"
      )
    }
  }

  /// Sessions that were seen in the store though no player had an answer that names them.
  private static func unclaimed(in history: SeatHistory) -> Set<String> {
    var (claimed, seen) = (Set<String>(), Set<String>())
    for operation in history.operations {
      switch operation.kind {
      case .reserve(let session, _): claimed.insert(session)
      case .observe(let live): seen.formUnion(live)
      case .extend, .release: break
      }
    }
    return seen.subtracting(claimed)
  }
}
