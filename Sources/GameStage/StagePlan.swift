/// What a stage's supervisor is told to run: one line of JSON on its standard input.
struct StagePlan: Codable, Hashable {
  struct Program: Codable, Hashable {
    /// Absolute.
    var path: String
    /// Including the program's name.
    var arguments: [String]
    /// `NAME=value`.
    var environment: [String]
    var workingDirectory: String
  }

  /// The stage's private directory, which ends with the stage.
  var directory: String
  /// To be completed with the descriptor that reports the display's number.
  var display: Program
  var sound: Program
  /// What the sound server listens on once it is ready.
  var soundSocket: String
  /// To be completed with DISPLAY.
  var game: Program
  var endSignal: Int32
  var endGraceMilliseconds: Int32
}
