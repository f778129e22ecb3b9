import MediaUnits
import SessionReport
import Transport

extension PlayedSound {
  /// What the audio thread found out; `nil` where it played nothing.
  init?(_ figures: AudioFigures) {
    guard let playout = figures.playout else { return nil }
    self.init(
      waitingNanoseconds: playout.level.wholeNanoseconds,
      shortageCount: Int64(playout.shortageCount),
      stopCount: Int64(playout.stopCount),
      clockPartsPerMillion: playout.driftPartsPerMillion,
      peak: Int64(figures.peak)
    )
  }
}
