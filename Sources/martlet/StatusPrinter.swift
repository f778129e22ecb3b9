import IndexAPI
import PlayerAgent
import SessionReport
import StreamPlayer

/// Keeps one live line on the terminal; silent when standard error is none.
struct StatusPrinter: Sendable {
  private let line: StatusLine?

  init(isEnabled: Bool) {
    self.line = isEnabled ? StatusLine(descriptor: 2) : nil
  }

  func show(_ progress: PlayerClient.Progress) {
    self.line?.show(progress.sample)
  }

  /// What a player who has no picture yet waits for.
  func show(_ progress: PlayerAgent.Progress) {
    guard case .queued(let place) = progress else { return }
    let wait = place.estimateSeconds.map { ", about \($0) s" } ?? ""
    self.line?.show(text: "in the queue: place \(place.position)\(wait); Ctrl+C leaves")
  }

  func clear() {
    self.line?.clear()
  }
}
