import DatagramIO
import IndexAPI
import MediaUnits
import SessionProtocol
import Synchronization

/// A place for one player: a stage with its game, and the threads that turn it into media.
///
/// Begins with its stage, which may be before there is a player, and lives as long as the game does, which may be
/// longer than one set of keys: a player that resumes finds it again. Used by the network thread alone.
final class Seat {
  /// The one who plays here.
  struct Occupant {
    var grant: SessionGrant
    var player: PublicKey
    /// The session's name in the network; `nil` for a player who came without a ticket.
    var session: SessionID?
  }

  /// For whom a stage is kept until then.
  struct Reservation {
    var session: SessionID
    var until: Instant
  }

  let terms: StageTerms
  let link: SeatLink
  let startedAt = Instant.now
  private(set) var occupant: Occupant?
  var reservation: Reservation?
  /// The stage is up and its picture can be taken.
  var isReady = false
  /// The peer that holds the seat now.
  var peer: Peer?
  private let thread: MediaThread

  /// Starts a stage.
  ///
  /// - Parameter occupant: who it is for; `nil` for whoever comes, see ``take(_:)``.
  init(terms: StageTerms, occupant: Occupant?, configuration: HostConfiguration, control: HostControl) throws {
    let link = try SeatLink(control: control, grant: occupant?.grant)
    self.terms = terms
    self.occupant = occupant
    self.link = link
    self.thread = MediaThread.start(name: "seat-video") {
      if let clip = configuration.synthetic {
        SyntheticRun(clip: clip, link: link).run()
      } else {
        SeatRun(terms: terms, configuration: configuration, link: link).run()
      }
    }
  }

  var isStopping: Bool { self.link.mustStop.load(ordering: .relaxed) }

  /// Whether a session of these terms can have this stage.
  func fits(_ wanted: StreamTerms) -> Bool {
    wanted.picture == self.terms.picture && wanted.frameRate <= self.terms.frameRate && !self.isStopping
  }

  /// Gives the stage to a player; its pictures begin at once if it is ready.
  func take(_ occupant: Occupant) {
    precondition(self.occupant == nil, "a seat has one player in its life")
    self.occupant = occupant
    self.link.assign(occupant.grant)
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

/// What a stage is started with.
struct StageTerms: Hashable, Sendable {
  var picture: PictureSize
  /// Frames per second that the game is asked to draw.
  var frameRate: Int
  /// What the encoder is opened with; a session may have another.
  var bitrate: Bitrate
}
