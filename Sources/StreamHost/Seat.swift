import DatagramIO
import FFmpegCodec
import GameStage
import Handshake
import MediaUnits
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
    let size = PictureSize(width: Int(self.grant.width), height: Int(self.grant.height))
    let frameRate = Int(self.grant.frameRate)
    let stage = try Stage.start(
      game: self.configuration.game,
      size: size,
      frameRate: frameRate,
      supervisorExecutable: self.configuration.supervisorExecutable
    )
    defer { stage.stop() }
    let capture = try ScreenCapture(display: stage.displayName, authorityPath: stage.xauthorityPath)
    let encoder = try VideoEncoder(
      VideoEncoder.Configuration(
        size: size,
        frameRate: frameRate,
        bitrate: .kilobits(Int64(self.grant.bitrateKilobits)),
        kind: self.configuration.encoder
      )
    )
    self.link.install(try InputInjector(display: stage.displayName, authorityPath: stage.xauthorityPath))
    self.link.report(.started("display \(stage.displayName), \(size) at \(frameRate) fps, \(encoder.name)"))

    let audio = self.startAudio(server: stage.pulseServer)
    defer {
      self.link.mustStop.store(true, ordering: .relaxed)
      audio?.join()
    }
    var video = SeatVideo(link: self.link, capture: capture, encoder: encoder, frameRate: frameRate)
    if let reason = try video.run(stageDescriptor: stage.eventDescriptor, stageHasEnded: { stage.endReason() }) {
      self.link.report(.gameEnded(reason))
    }
  }

  private func startAudio(server: String?) -> MediaThread? {
    guard self.grant.audioPacketMilliseconds > 0, let server else { return nil }
    let (link, milliseconds) = (self.link, Int(self.grant.audioPacketMilliseconds))
    return MediaThread.start(name: "seat-audio") {
      do {
        try SeatAudio.run(link: link, server: server, packetMilliseconds: milliseconds, bitrate: .kilobits(128))
      } catch {
        // The sound server ends with the stage; before that its loss ends the session.
        if !link.mustStop.load(ordering: .relaxed) { link.report(.failed("sound: \(error)")) }
      }
    }
  }
}
