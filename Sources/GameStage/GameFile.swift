public import MediaUnits

/// How to run one game on a stage, as its `game.yaml` says. `Samples/freedoom/game.yaml` documents every field.
public struct GameFile: Hashable, Sendable {
  /// The pictures that a game can draw.
  public struct Picture: Hashable, Sendable {
    /// If not empty, the only sizes; otherwise everything from ``minimum`` to ``maximum``.
    public var sizes: [PictureSize] = []
    public var minimum = PictureSize(width: 16, height: 16)
    public var maximum = PictureSize(width: 3840, height: 2160)
    /// What a player who asks for nothing gets.
    public var defaultSize = PictureSize(width: 1280, height: 720)
    /// Frames per second, 1 ... 240.
    public var maximumRate = 60
    /// Frames per second, 1 ... ``maximumRate``.
    public var defaultRate = 60

    public init() {}

    /// Whether the game can draw pictures of this size.
    public func allows(_ size: PictureSize) -> Bool {
      guard size.isStreamable else { return false }
      guard self.sizes.isEmpty else { return self.sizes.contains(size) }
      return (self.minimum.width...self.maximum.width).contains(size.width)
        && (self.minimum.height...self.maximum.height).contains(size.height)
    }
  }

  /// The signal that asks a game to end.
  public enum EndSignal: String, CaseIterable, Hashable, Sendable {
    case terminate = "TERM"
    case interrupt = "INT"
    case hangUp = "HUP"
    case quit = "QUIT"
    case kill = "KILL"
  }

  /// Lower-case letters, digits and hyphens, 1 ... 64 of them.
  public var name: String
  /// For people; 1 ... 200 characters.
  public var title: String
  /// The program and its arguments, placeholders not replaced yet; at least one, at most 256.
  public var command: [String]
  /// Added to the stage's own environment, overriding it; placeholders not replaced yet.
  public var environment: [String: String] = [:]
  /// Where the game starts, placeholders not replaced yet.
  public var workingDirectory = "${STAGE_DIR}"
  /// Files beside the game file that are copied into the stage's directory before the game starts.
  public var copies: [String] = []
  public var picture = Picture()
  /// Whether the game plays sound.
  public var audio = true
  /// How long the game may take from its start to its first picture, 1 ... 600 s.
  public var startTimeout: Duration = .seconds(20)
  public var endSignal = EndSignal.terminate
  /// How long the game may take to end after the signal before it is killed, 0 ... 60 s.
  public var endGrace: Duration = .seconds(2)
  /// Whether a session is over when the game's process is.
  public var sessionEndsWhenGameExits = true
  /// The folder of the game file: `${GAME_DIR}`, and where a relative program path starts.
  public var directory: String

  /// The largest game file, in bytes.
  public static let maximumByteCount = 64 << 10

  public init(name: String, title: String, command: [String], directory: String) {
    precondition(!command.isEmpty, "a game needs a command")
    self.name = name
    self.title = title
    self.command = command
    self.directory = directory
  }
}
