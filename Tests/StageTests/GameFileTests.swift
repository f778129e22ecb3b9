import GameStage
import Glibc
import MediaUnits
import Testing

@Suite("A game file")
struct GameFileTests {
  private static let minimal = """
    name: a-game
    title: A game
    command: [game, --size, "${WIDTH}x${HEIGHT}"]

    """
  private static let full =
    minimal + """
      environment: {A: b, "C": "1"}
      workingDirectory: ${GAME_DIR}
      copy: [a.cfg]
      picture:
        minimum: 320x200
        maximum: 1920x1080
        default: 640x480
        maximumRate: 120
        defaultRate: 30
      audio: false
      start:
        timeoutSeconds: 5
      end: {signal: INT, graceSeconds: 0.5, sessionEndsWhenGameExits: false}

      """

  private func failure(_ text: String) -> GameFileError? {
    do {
      _ = try GameFile(parsing: text, directory: "/games")
      return nil
    } catch {
      return error
    }
  }

  @Test("needs a name, a title and a command; the rest has defaults")
  func defaults() throws {
    let game = try GameFile(parsing: Self.minimal, directory: "/games")
    var expected = GameFile(
      name: "a-game",
      title: "A game",
      command: ["game", "--size", "${WIDTH}x${HEIGHT}"],
      directory: "/games"
    )
    expected.picture = GameFile.Picture()
    #expect(game == expected)
  }

  @Test("says everything else in its fields")
  func everyField() throws {
    let game = try GameFile(parsing: Self.full, directory: "/games")
    #expect(game.environment == ["A": "b", "C": "1"])
    #expect(game.workingDirectory == "${GAME_DIR}")
    #expect(game.copies == ["a.cfg"])
    #expect(game.picture.minimum == PictureSize(width: 320, height: 200))
    #expect(game.picture.maximum == PictureSize(width: 1920, height: 1080))
    #expect(game.picture.defaultSize == PictureSize(width: 640, height: 480))
    #expect(game.picture.maximumRate == 120)
    #expect(game.picture.defaultRate == 30)
    #expect(!game.audio)
    #expect(game.startTimeout == .seconds(5))
    #expect(game.endSignal == .interrupt)
    #expect(game.endGrace == .milliseconds(500))
    #expect(!game.sessionEndsWhenGameExits)
  }

  @Test(
    "is refused with the line and the field that is wrong",
    arguments: [
      ("widht: 3\n", 4, "unknown field 'widht'"),
      ("picture:\n  width: 3\n", 5, "unknown field 'picture.width'"),
      ("picture: {default: 1281x720}\n", 4, "picture.default"),
      ("picture: {default: 0x0}\n", 4, "picture.default"),
      ("picture: {maximumRate: 241}\n", 4, "picture.maximumRate"),
      ("audio: maybe\n", 4, "audio"),
      ("end:\n  signal: STOP\n", 5, "end.signal"),
      ("end: {graceSeconds: .inf}\n", 4, "end.graceSeconds"),
      ("environment: [a]\n", 4, "environment"),
      ("copy: [../secret]\n", 4, "copy"),
      ("name: again\n", 1, "twice"),
      ("picture: [\n", 5, "not YAML"),
    ] as [(String, Int, String)]
  )
  func wrongField(addition: String, line: Int, words: String) throws {
    let error = try #require(self.failure(Self.minimal + addition))
    #expect(error.line == line, "\(error)")
    #expect(error.message.contains(words), "\(error)")
  }

  @Test("is refused without a command, empty, as a list, too long, or with a bomb of aliases")
  func wrongWhole() {
    #expect(self.failure("name: a\ntitle: b\n")?.message.contains("'command' is required") == true)
    #expect(self.failure("") != nil)
    #expect(self.failure("- a\n") != nil)
    #expect(self.failure(String(repeating: "#", count: 65 * 1024))?.message.contains("64 KiB") == true)
    let bomb =
      "a: &a [x,x,x,x,x,x,x,x,x]\n"
      + zip("bcdefghij", "abcdefghi").map { name, previous in
        "\(name): &\(name) [\([String](repeating: "*\(previous)", count: 9).joined(separator: ","))]\n"
      }.joined()
    #expect(self.failure(bomb)?.message.contains("aliases") == true)
    #expect(self.failure(String(repeating: "[", count: 60_000)) != nil)
    #expect(self.failure(String(repeating: "- ", count: 30_000)) != nil)
  }

  /// Ten thousand in all, and a hundred thousand, which take a minute, where MARTLET_LONG_TESTS is set.
  @Test("never ends the process, whatever it holds", arguments: [UInt64](1...20))
  func mutations(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let tokens = [
      "&a ", "*a", "[", "]", "{", "}", "- ", "? ", ": ", "!!int ", "|\n", "\"", "'", "<<: ", "\n", "\t", "\0",
    ]
    .map { Array($0.utf8) }
    var accepted = 0
    let count = getenv("MARTLET_LONG_TESTS") == nil ? 500 : 5000
    for _ in 0..<count {
      var bytes = Array((Bool.random(using: &generator) ? Self.full : Self.minimal).utf8)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = .random(in: .min ... .max, using: &generator)
        case 1: bytes.insert(contentsOf: tokens.randomElement(using: &generator)!, at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + place % 7))
        default: bytes.insert(contentsOf: bytes[(place / 2)..<place].prefix(40), at: place)
        }
        if bytes.isEmpty { break }
      }
      if self.failure(String(decoding: bytes, as: UTF8.self)) == nil { accepted += 1 }
    }
    // Mutations that hit nothing that matters are accepted; if none or all were, this would test nothing.
    #expect((1..<count).contains(accepted), "seed \(seed)")
  }
}
