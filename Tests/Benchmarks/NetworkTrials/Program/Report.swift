internal import Foundation
internal import NetworkTrials

/// All figures of one run of the program.
struct Report: Codable {
  var seed: UInt64
  var traces: TraceReport?
  var loss: LossReport?
  var share: ShareReport?
  var step: StepReport?

  init(seed: UInt64) {
    self.seed = seed
  }

  var isEmpty: Bool { self.traces == nil && self.loss == nil && self.share == nil && self.step == nil }

  /// Goals of Martlet's that were tried and not met.
  var missed: [String] {
    (self.traces?.missed ?? []) + (self.loss?.missed ?? []) + (self.share?.missed ?? []) + (self.step?.missed ?? [])
  }

  func text() -> String {
    let parts = [self.traces?.text, self.loss?.text, self.share?.text, self.step?.text].compactMap(\.self)
    let goals =
      self.missed.isEmpty ? "Every goal that was tried is met." : "Missed:\n  " + self.missed.joined(separator: "\n  ")
    return (parts + [goals]).joined(separator: "\n\n")
  }

  func json() throws -> String {
    struct Whole: Encodable {
      var report: Report
      var missed: [String]

      func encode(to encoder: any Encoder) throws {
        try self.report.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(self.missed, forKey: .missed)
      }

      enum Key: CodingKey { case missed }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(Whole(report: self, missed: self.missed)), as: UTF8.self)
  }
}

/// Lays out rows of text, the first column to the left, numbers to the right.
enum Table {
  static func text(_ header: [String], _ rows: [[String]], leading: Int) -> String {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    return ([header] + rows).map { row in
      row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < leading ? cell + space : space + cell
      }.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }.joined(separator: "\n")
  }

  static func number(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }
}
