internal import Charts
import Glibc

/// One line of a session's state, drawn over itself in a terminal.
public struct StatusLine: Sendable {
  private static let barWidth = 16
  /// One letter a stage; `·` fills up.
  private static let letters: [LatencyStage: Character] = [
    .capture: "c", .convert: "v", .encode: "E", .send: "s", .network: "N", .assemble: "a", .decode: "D", .present: "p",
  ]

  private let descriptor: Int32
  private let isTerminal: Bool

  /// - Parameter descriptor: where to draw, usually 2; nothing is drawn if it is not a terminal.
  public init(descriptor: Int32) {
    self.descriptor = descriptor
    self.isTerminal = isatty(descriptor) == 1
  }

  /// Draws `sample` over the line before.
  public func show(_ sample: SecondSample) {
    guard self.isTerminal else { return }
    var size = winsize()
    let hasSize = ioctl(self.descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    self.write("\r\u{1B}[K" + Self.text(sample, width: hasSize ? Int(size.ws_col) - 1 : 79))
  }

  /// Shows a sentence in place of a sample; where there is no terminal, as a line of its own.
  public func show(text: String) {
    self.write(self.isTerminal ? "\r\u{1B}[K" + text : text + "\n")
  }

  /// Takes the line away, before something else is printed.
  public func clear() {
    guard self.isTerminal else { return }
    self.write("\r\u{1B}[K")
  }

  /// The line's text: as many of its parts, the most telling first, as fit into `width` columns.
  public static func text(_ sample: SecondSample, width: Int) -> String {
    let total = sample.stageNanoseconds.reduce(0, +)
    let parts = [
      "\(sample.framesDecoded) fps",
      "\(Decimal.fixed(Double(total) / 1e6, 1)) ms",
      "\(Decimal.fixed(Double(sample.bitsPerSecond) / 1e6, 1)) Mbit/s",
      "loss \(Decimal.fixed(100 * sample.lossFraction, 1)) %",
      "rtt \(Decimal.fixed(Double(sample.roundTripNanoseconds) / 1e6, 1)) ms",
      "[\(Self.bar(sample.stageNanoseconds))]",
      "\(sample.framesLost) lost",
    ]
    var line = ""
    for part in parts {
      let longer = line.isEmpty ? part : line + "  " + part
      guard longer.count <= width else { break }
      line = longer
    }
    return line
  }

  /// Each stage's share of the whole as a run of its letter. Cumulative rounding, so that the runs fill the bar.
  static func bar(_ stageNanoseconds: [Int64]) -> String {
    let total = stageNanoseconds.reduce(0, +)
    guard total > 0 else { return String(repeating: "·", count: Self.barWidth) }
    var bar = ""
    var sum: Int64 = 0
    for stage in LatencyStage.allCases {
      sum += stageNanoseconds[stage.rawValue]
      let end = Int((Double(sum) / Double(total) * Double(Self.barWidth)).rounded())
      bar += String(repeating: Self.letters[stage] ?? "?", count: max(0, end - bar.count))
    }
    return bar
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(self.descriptor, bytes, bytes.count)
  }
}
