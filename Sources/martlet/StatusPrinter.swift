import SessionReport
import StreamPlayer

/// Keeps one live line on the terminal; silent when standard error is none.
struct StatusPrinter {
  private let line: StatusLine?

  init(isEnabled: Bool) {
    self.line = isEnabled ? StatusLine(descriptor: 2) : nil
  }

  func show(_ progress: PlayerClient.Progress) {
    self.line?.show(progress.sample)
  }

  func clear() {
    self.line?.clear()
  }
}
