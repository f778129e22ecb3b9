import Foundation
import Glibc
import MediaUnits

extension StagePlan {
  /// The plan for one game.
  ///
  /// - Throws: ``StageError`` if a program is missing, the picture is not allowed, or a file cannot be copied.
  init(
    game: GameFile,
    size: PictureSize,
    frameRate: Int,
    directory: StageDirectory,
    searchPath: String
  ) throws(StageError) {
    guard game.picture.allows(size) else { throw .unsupportedPicture("pictures of \(size)") }
    guard (1...game.picture.maximumRate).contains(frameRate) else {
      throw .unsupportedPicture("\(frameRate) pictures a second (at most \(game.picture.maximumRate))")
    }
    let (display, sound) = try Stage.servers(searchPath: searchPath)
    let placeholders = [
      ("${WIDTH}", String(size.width)), ("${HEIGHT}", String(size.height)), ("${RATE}", String(frameRate)),
      ("${STAGE_DIR}", directory.home), ("${GAME_DIR}", game.directory),
    ]
    func fill(_ text: String) -> String {
      placeholders.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
    let command = game.command.map(fill)
    guard let program = Programs.find(command[0], searchPath: searchPath, relativeTo: game.directory) else {
      throw .commandNotFound(command[0])
    }
    try directory.copyFiles(of: game)

    var shared = Programs.inheritedEnvironment
    shared["PATH"] = searchPath
    shared["HOME"] = directory.home
    shared["XDG_RUNTIME_DIR"] = directory.soundFolder
    shared[StageDirectory.variable] = directory.path
    let forGame = [
      "XAUTHORITY": directory.xauthority,
      "PULSE_SERVER": "unix:\(directory.soundSocket)",
      "TMPDIR": directory.home,
      "XDG_CONFIG_HOME": "\(directory.home)/.config",
      "XDG_DATA_HOME": "\(directory.home)/.local/share",
      "XDG_CACHE_HOME": "\(directory.home)/.cache",
      "SDL_VIDEODRIVER": "x11",
      "SDL_AUDIODRIVER": game.audio ? "pulseaudio" : "dummy",
      // Small buffers: every millisecond in them is one that the player hears too late.
      "PULSE_LATENCY_MSEC": "10",
    ]
    let chosen = game.environment.mapValues(fill)
    func list(_ variables: [String: String]) -> [String] { variables.map { "\($0.key)=\($0.value)" }.sorted() }
    let serverEnvironment = list(shared)
    let gameEnvironment = list(shared.merging(forGame) { $1 }.merging(chosen) { $1 })
    let signals: [GameFile.EndSignal: Int32] = [
      .terminate: SIGTERM, .interrupt: SIGINT, .hangUp: SIGHUP, .quit: SIGQUIT, .kill: SIGKILL,
    ]
    self.init(
      directory: directory.path,
      display: Program(
        path: display,
        arguments: [
          "Xvfb", "-displayfd", "3", "-auth", directory.xauthority, "-screen", "0", "\(size)x24", "-nolisten", "tcp",
          "-noreset",
        ],
        environment: serverEnvironment,
        workingDirectory: directory.path
      ),
      sound: Program(
        path: sound,
        arguments: [
          "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--realtime=no",
          "--high-priority=no", "--log-level=error",
          // With shared memory, libpulse 16.1 blocks for ever in a recording client whose server ends.
          "--disable-shm=yes", "-L",
          // Without norewinds the sink works up to two seconds ahead while nobody listens, and the first sound is late.
          "module-null-sink sink_name=martlet format=s16le rate=48000 channels=2 norewinds=1", "-L",
          "module-native-protocol-unix auth-anonymous=1 socket=\(directory.soundSocket)",
        ],
        environment: serverEnvironment,
        workingDirectory: directory.path
      ),
      soundSocket: directory.soundSocket,
      game: Program(
        path: program,
        arguments: [program] + command.dropFirst(),
        environment: gameEnvironment,
        workingDirectory: fill(game.workingDirectory)
      ),
      endSignal: signals[game.endSignal] ?? SIGTERM,
      endGraceMilliseconds: Int32(game.endGrace.inMilliseconds)
    )
  }
}

extension StageDirectory {
  fileprivate func copyFiles(of game: GameFile) throws(StageError) {
    for name in game.copies {
      let path = "\(game.directory)/\(name)"
      do {
        try FileManager.default.copyItem(atPath: path, toPath: "\(self.home)/\(name)")
      } catch {
        throw .cannotCopy(path: path, reason: error.localizedDescription)
      }
    }
  }
}
