/// What a stage's supervisor tells the host: one line each.
enum StageReport: Hashable {
  enum Part: String {
    case display, sound, game, plan
  }

  case displayReady(number: Int)
  case soundReady
  case gameStarted(pid: Int32)
  case gameExited(status: Int32, lastWords: String)
  case gameKilled(signal: Int32, lastWords: String)
  case failed(Part, reason: String)
  /// Everything is gone; the last line.
  case ended

  var line: String {
    switch self {
    case .displayReady(let number): "display \(number)"
    case .soundReady: "sound"
    case .gameStarted(let pid): "game \(pid)"
    case .gameExited(let status, let words): "exited \(status) \(words)"
    case .gameKilled(let signal, let words): "killed \(signal) \(words)"
    case .failed(let part, let reason): "failed \(part.rawValue) \(reason)"
    case .ended: "ended"
    }
  }

  /// - Returns: `nil` for a line that no supervisor writes.
  init?(parsing line: String) {
    let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    let number = words.count > 1 ? Int32(words[1]) : nil
    let rest = words.count > 2 ? words[2] : ""
    switch (words.first, number) {
    case ("display", .some(let number)): self = .displayReady(number: Int(number))
    case ("sound", _): self = .soundReady
    case ("game", .some(let pid)): self = .gameStarted(pid: pid)
    case ("exited", .some(let status)): self = .gameExited(status: status, lastWords: rest)
    case ("killed", .some(let signal)): self = .gameKilled(signal: signal, lastWords: rest)
    case ("failed", _):
      guard words.count > 1, let part = Part(rawValue: words[1]) else { return nil }
      self = .failed(part, reason: rest)
    case ("ended", _): self = .ended
    default: return nil
    }
  }
}
