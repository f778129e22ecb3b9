public import DatagramIO
public import FFmpegCodec
public import GameStage
public import Handshake
public import MediaUnits

/// What a host offers and how.
public struct HostConfiguration: Sendable {
  /// Which sessions' pictures are drawn anew part by part, so that losses need no key frame.
  public enum IntraRefresh: Hashable, Sendable {
    /// The encoder does not do that.
    case none
    /// Those of players who ask for it.
    case onWish
    case always
  }

  public var game: GameFile
  public var listenAddress: SocketAddress
  public var identity: StaticKeyPair
  /// Players served at once, at least 1.
  public var seats: Int
  /// Proven by encoding before the host starts.
  public var encoder: EncoderKind
  /// Most that one session's video may take, whatever the player asks for.
  public var maximumBitrate: Bitrate
  /// Where stages live and what supervises their processes.
  public var stage: Stage.Configuration
  /// Who may have a session.
  public var admission = HostAdmission.open
  /// Stages that stand ready with the game at its default picture; never more than there are free seats.
  public var warmStages = 0
  /// Sent in place of a game's picture; `nil` where there is a game.
  public var synthetic: SyntheticClip?
  /// How long after a session's start the stage that it took is replaced: starting one takes most of a small machine.
  public var warmDelay: Duration = .seconds(2)
  /// Whether pictures are drawn anew part by part.
  public var intraRefresh = IntraRefresh.none
  /// Where each session's control decisions are written down; nowhere by default.
  public var trace: TraceDestination?

  public init(
    game: GameFile,
    listenAddress: SocketAddress,
    identity: StaticKeyPair,
    seats: Int = 1,
    encoder: EncoderKind,
    maximumBitrate: Bitrate = .megabits(50),
    stage: Stage.Configuration = Stage.Configuration()
  ) {
    precondition(seats >= 1, "a host without a seat serves nobody")
    self.game = game
    self.listenAddress = listenAddress
    self.identity = identity
    self.seats = seats
    self.encoder = encoder
    self.maximumBitrate = maximumBitrate
    self.stage = stage
  }
}
