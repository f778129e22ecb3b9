import MediaUnits
import SessionReport
import Synchronization
import Transport

/// What the picture thread finds out about each frame, gathered for the status line, the statistics and the summary.
final class PictureFigures: Sendable {
  private struct State: ~Copyable {
    var recorder = SessionRecorder()
    var file: StatisticsFile?
    var lastIndex: Int64?
    var firstPictureAt: Instant?
    var lastPictureAt: Instant?
    var failure: (any Error)?
  }

  private let state: Mutex<State>

  init(statisticsPath: String?) throws {
    self.state = Mutex(State())
    guard let statisticsPath else { return }
    try self.state.withLock { $0.file = try StatisticsFile(path: statisticsPath) }
  }

  /// When the first picture was decoded; `nil` before.
  var firstPictureAt: Instant? { self.state.withLock { $0.firstPictureAt } }

  /// What keeps the statistics from being written, if anything.
  var failure: (any Error)? { self.state.withLock { $0.failure } }

  /// A frame has become a picture.
  func record(_ frame: ReceivedFrame, decodedAt: Instant, presentedAt: Instant, link: PlayerLink) {
    let ledger = FrameLedger(frame, decodedAt: decodedAt, presentedAt: presentedAt)
    self.state.withLock { state in
      if state.firstPictureAt == nil { state.firstPictureAt = decodedAt }
      if link.isFirst(ofHost: frame.index), let last = state.lastPictureAt {
        state.recorder.recordHostGap(nanoseconds: (decodedAt - last).wholeNanoseconds)
      }
      state.lastPictureAt = decodedAt
      // Frames between the last one and this were sent and never became pictures.
      let lost = max(0, frame.index - (state.lastIndex ?? frame.index - 1) - 1)
      for _ in 0..<min(lost, 100_000) { state.recorder.recordLostFrame() }
      state.lastIndex = frame.index
      state.recorder.record(ledger)
      do {
        try state.file?.append(ledger)
      } catch {
        state.failure = error
      }
      link.inputShown(frame.inputSequence) { sequence, sentAt in
        state.recorder.recordInput(nanoseconds: (decodedAt - sentAt).wholeNanoseconds)
        state.file?.append(inputSequence: Int64(sequence), sent: sentAt.nanoseconds, frame: frame.index)
      }
    }
  }

  /// A second is over.
  func record(_ sample: SecondSample) -> SecondSample {
    self.state.withLock { state in
      let sample = state.recorder.record(sample)
      do {
        try state.file?.append(sample)
      } catch {
        state.failure = error
      }
      return sample
    }
  }

  /// The summary so far.
  var summary: SessionSummary { self.state.withLock { $0.recorder.summary } }

  /// Writes the summary as the statistics' last line.
  func finish(_ summary: SessionSummary) throws {
    try self.state.withLock { state in
      try state.file?.append(summary)
      state.file = nil
    }
  }
}
