import DatagramIO
import FFmpegCodec
import GameStage
import Handshake
import MediaUnits
import OpusCodec
import SessionProtocol
import Synchronization
import X11

/// A place for one player: a stage with its game, and the threads that turn it into media.
///
/// Lives as long as the game does, which may be longer than one set of keys: a player that resumes finds it again.
final class Seat {
  let grant: SessionGrant
  let player: PublicKey
  let link: SeatLink
  /// The peer that holds the seat now.
  var peer: Peer?
  private let thread: MediaThread

  init(grant: SessionGrant, player: PublicKey, configuration: HostConfiguration, networkWakeup: Wakeup) throws {
    let link = try SeatLink(networkWakeup: networkWakeup)
    self.grant = grant
    self.player = player
    self.link = link
    self.thread = MediaThread.start(name: "seat-video") {
      SeatRun(grant: grant, configuration: configuration, link: link).run()
    }
  }

  /// Asks the seat's threads to end; ``SeatReport/finished`` follows.
  func stop() {
    self.link.removeInjector()
    self.link.mustStop.store(true, ordering: .relaxed)
    self.link.captureWakeup.signal()
  }

  /// Waits for the seat's threads after ``stop()``.
  func join() {
    self.thread.join()
  }
}

/// The life of a seat from start to clean-up, on the seat's own thread.
struct SeatRun {
  let grant: SessionGrant
  let configuration: HostConfiguration
  let link: SeatLink

  func run() {
    do {
      try self.play()
    } catch {
      self.link.report(.failed("\(error)"))
    }
    self.link.removeInjector()
    self.link.report(.finished)
  }

  private func play() throws {
    let terms = self.grant.terms
    let stage = try Stage(
      game: self.configuration.game,
      size: terms.picture,
      frameRate: terms.frameRate,
      configuration: self.configuration.stage
    )
    defer { stage.stop() }
    let capture = try ScreenCapture(display: stage.displayName, xauthorityPath: stage.xauthorityPath)
    let encoder = try VideoEncoder(
      VideoEncoder.Configuration(
        size: terms.picture,
        frameRate: terms.frameRate,
        bitrate: terms.maximumBitrate,
        kind: self.configuration.encoder
      )
    )
    try self.link.installInjector(display: stage.displayName, xauthorityPath: stage.xauthorityPath)
    self.link.report(
      .started("display \(stage.displayName), \(terms.picture) at \(terms.frameRate) fps, \(encoder.name)")
    )

    let audio = self.startAudio(server: stage.soundServer)
    defer {
      self.link.mustStop.store(true, ordering: .relaxed)
      audio?.join()
    }
    var video = SeatVideo(link: self.link, capture: capture, encoder: encoder, frameRate: terms.frameRate)
    let endsWithGame = self.configuration.game.sessionEndsWhenGameExits
    let reason = try video.run(stageDescriptor: stage.reportDescriptor) {
      try stage.endReason(endsWithGame: endsWithGame)
    }
    if let reason {
      self.link.report(.gameEnded(reason))
    }
  }

  private func startAudio(server: String) -> MediaThread? {
    guard let duration = self.grant.terms.audioPacketDuration else { return nil }
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
