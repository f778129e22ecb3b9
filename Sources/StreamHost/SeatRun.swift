import DatagramIO
import FFmpegCodec
import GameStage
import MediaUnits
import OpusCodec
import SessionProtocol
import Synchronization
import Transport
import X11

/// The life of a seat from start to clean-up, on the seat's own thread.
struct SeatRun {
  private static let longestWaitForPicture: Duration = .seconds(3)

  let terms: StageTerms
  let configuration: HostConfiguration
  let link: SeatLink

  func run() {
    do {
      try self.play()
    } catch StageError.givenUp {
      // The seat was told to stop.
    } catch {
      self.link.report(.failed("\(error)"))
    }
    self.link.removeInjector()
    self.link.report(.finished)
  }

  private func play() throws {
    let stage = try Stage(
      game: self.configuration.game,
      size: self.terms.picture,
      frameRate: self.terms.frameRate,
      configuration: self.configuration.stage,
      isWanted: { !self.link.mustStop.load(ordering: .relaxed) }
    )
    defer { stage.stop() }
    let capture = try ScreenCapture(display: stage.displayName, xauthorityPath: stage.xauthorityPath)
    let encoder = try VideoEncoder(
      VideoEncoder.Configuration(
        size: self.terms.picture,
        frameRate: self.terms.frameRate,
        bitrate: self.terms.bitrate,
        kind: self.configuration.encoder,
        refreshPeriod: self.configuration.intraRefresh == .always
          ? StreamTerms.refreshPeriod(frameRate: self.terms.frameRate) : nil
      )
    )
    try self.link.installInjector(display: stage.displayName, xauthorityPath: stage.xauthorityPath)
    let name = encoder.name
    let endsWithGame = self.configuration.game.sessionEndsWhenGameExits
    var video = SeatVideo(link: self.link, capture: capture, encoder: encoder) {
      try stage.endReason(endsWithGame: endsWithGame)
    }
    if self.link.grant == nil {
      // A game that shows nothing for so long may have nothing to show; then it is as ready as it will be.
      let deadline = Instant.now + min(self.configuration.game.startTimeout, Self.longestWaitForPicture)
      if let reason = try video.waitForPicture(stageDescriptor: stage.reportDescriptor, until: deadline) {
        self.link.report(.gameEnded(reason))
        return
      }
    }
    self.link.report(
      .ready("display \(stage.displayName), \(self.terms.picture) at \(self.terms.frameRate) fps, \(name)")
    )
    if let reason = try video.waitForSession(stageDescriptor: stage.reportDescriptor) {
      self.link.report(.gameEnded(reason))
      return
    }
    guard let grant = self.link.grant else { return }

    // Connecting to the sound server takes longer than the first picture may, and has its own thread for that.
    let audio = self.startAudio(grant.terms, server: stage.soundServer)
    defer {
      self.link.mustStop.store(true, ordering: .relaxed)
      audio?.join()
    }
    try video.begin(grant.terms, start: RateLimits(cap: grant.terms.maximumBitrate).start)
    if let reason = try video.run(stageDescriptor: stage.reportDescriptor) {
      self.link.report(.gameEnded(reason))
    }
  }

  private func startAudio(_ terms: StreamTerms, server: String) -> MediaThread? {
    guard let duration = terms.audioPacketDuration else { return nil }
    let frameLength: OpusFormat.FrameLength = duration > .milliseconds(5) ? .tenMilliseconds : .fiveMilliseconds
    let link = self.link
    return MediaThread.start(name: "seat-audio") {
      do {
        try SeatAudio.run(link: link, server: server, frameLength: frameLength)
      } catch {
        // The sound server ends with the stage; before that its loss ends the session.
        if !link.mustStop.load(ordering: .relaxed) { link.report(.failed("sound: \(error)")) }
      }
    }
  }
}

extension Stage {
  /// Why the stage's game is over, or `nil` while it goes on.
  ///
  /// - Parameter endsWithGame: whether a game that ends by itself ends the session.
  /// - Throws: ``StageError`` when the stage broke.
  fileprivate func endReason(endsWithGame: Bool) throws -> String? {
    while let event = self.poll() {
      switch event {
      case .gameExited(let status, let lastWords):
        guard endsWithGame else { continue }
        return status == 0 ? "it was quit" : "status \(status)\(lastWords.isEmpty ? "" : ": \(lastWords)")"
      case .gameKilled(let signal, let lastWords):
        return "it crashed with signal \(signal)\(lastWords.isEmpty ? "" : ": \(lastWords)")"
      case .failed(let error): throw error
      }
    }
    return nil
  }
}
