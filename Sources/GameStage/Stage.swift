import CLinux
import Glibc
public import MediaUnits
import Synchronization

/// A display, a sound server and a game that run for one session and end with it.
///
/// All three run under a process of their own, the supervisor, which ends them in order when this object is stopped or
/// freed, and equally when the host crashes: it notices that the host's end of a pipe has gone. Any thread may use it.
public final class Stage: Sendable {
  /// How stages are made on this machine.
  public struct Configuration: Hashable, Sendable {
    /// The program whose `supervisorArguments` call ``runStageSupervisor()``; the default is this very program.
    public var supervisorExecutable = "/proc/self/exe"
    public var supervisorArguments = ["stage-supervisor"]
    /// Where the stages' private directories are made; absolute, its own path at most 60 bytes.
    public var root = StageDirectory.defaultRoot
    /// Where programs are looked for, as in `PATH`. Debian keeps games apart.
    public var searchPath = "\(Programs.environment("PATH") ?? "/usr/bin:/bin"):/usr/games:/usr/local/games"
    /// How long the display and the sound server may take to start.
    public var readyTimeout: Duration = .seconds(15)

    public init() {}
  }

  /// What happens on a stage after it is ready.
  public enum Event: Hashable, Sendable {
    /// The game returned a status of its own.
    case gameExited(status: Int, lastWords: String)
    /// The game was ended by a signal, as by a crash.
    case gameKilled(signal: Int, lastWords: String)
    /// The stage is broken and has been, or is being, ended.
    case failed(StageError)
  }

  /// Such as `:12`.
  public let displayName: String
  /// The file with the credentials of ``displayName``.
  public let xauthorityPath: String
  /// The sound server's address, such as `unix:/run/…/native`.
  public let soundServer: String
  /// The private directory of this stage.
  public let directory: String
  /// The game's process.
  public let gamePID: Int32
  /// The supervisor's process.
  public let supervisorPID: Int32

  private let state: Mutex<SupervisorLink>

  /// Sets up a stage and starts a game on it; takes about as long as an X server takes to start.
  ///
  /// Blocks the calling thread. The game has been started on return but need not have drawn anything yet.
  ///
  /// - Parameters:
  ///   - size: what the display's size shall be; one that the game allows.
  ///   - frameRate: frames per second, 1 ... the game's maximum.
  ///   - isWanted: asked twenty times a second meanwhile; once it says no, the stage is given up.
  /// - Throws: ``StageError``; nothing of the stage remains.
  public init(
    game: GameFile,
    size: PictureSize,
    frameRate: Int,
    configuration: Configuration = Configuration(),
    isWanted: () -> Bool = { true }
  ) throws(StageError) {
    let (directory, lock) = try StageDirectory.make(in: configuration.root)
    var link: SupervisorLink
    do {
      defer { close(lock) }
      let plan = try StagePlan(
        game: game,
        size: size,
        frameRate: frameRate,
        directory: directory,
        searchPath: configuration.searchPath
      )
      link = try SupervisorLink(starting: configuration, plan: plan, directory: directory, lock: lock)
    } catch {
      directory.remove()
      throw error
    }
    do {
      let ready = try link.waitUntilReady(.now + configuration.readyTimeout, while: isWanted)
      self.displayName = ":\(ready.displayNumber)"
      self.gamePID = ready.gamePID
    } catch {
      link.stop(grace: game.endGrace)
      throw error
    }
    self.xauthorityPath = directory.xauthority
    self.soundServer = "unix:\(directory.soundSocket)"
    self.directory = directory.path
    self.supervisorPID = link.pid
    self.endGrace = game.endGrace
    self.reportDescriptor = link.reports
    self.state = Mutex(link)
  }

  deinit {
    self.stop()
  }

  private let endGrace: Duration

  /// Polls readable when ``poll()`` has something to return; valid until ``stop()``.
  public let reportDescriptor: Int32

  /// The next thing that happened, without waiting; `nil` if nothing has.
  public func poll() -> Event? {
    self.state.withLock { $0.nextEvent() }
  }

  /// Ends the game and everything else of the stage, and waits until nothing is left.
  ///
  /// Takes at most the game file's grace and five seconds. Further calls do nothing.
  public func stop() {
    self.state.withLock { $0.stop(grace: self.endGrace) }
  }

  /// Ends and removes stages whose supervisors were killed; a host calls it when it starts.
  ///
  /// - Returns: how many there were.
  @discardableResult
  public static func sweepStale(configuration: Configuration = Configuration()) -> Int {
    StageDirectory.sweep(configuration.root)
  }
}
