extension Stage {
  /// Whether this machine has the programs that every stage needs, to be told before anybody waits for a picture.
  ///
  /// - Throws: ``StageError/missingProgram(name:debianPackage:)``
  public static func checkPrograms(configuration: Configuration = Configuration()) throws(StageError) {
    _ = try Self.servers(searchPath: configuration.searchPath)
  }

  /// The paths of the display's and the sound server's programs.
  static func servers(searchPath: String) throws(StageError) -> (display: String, sound: String) {
    guard let display = Programs.find("Xvfb", searchPath: searchPath) else {
      throw .missingProgram(name: "Xvfb", debianPackage: "xvfb")
    }
    guard let sound = Programs.find("pulseaudio", searchPath: searchPath) else {
      throw .missingProgram(name: "pulseaudio", debianPackage: "pulseaudio")
    }
    return (display, sound)
  }
}
