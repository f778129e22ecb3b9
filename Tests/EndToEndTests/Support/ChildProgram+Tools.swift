import Testing

extension ChildProgram {
  /// The built `martlet`.
  static func martlet(
    _ arguments: [String],
    in folder: TestFolder,
    name: String,
    environment: [String: String] = [:]
  ) throws -> ChildProgram {
    try ChildProgram(
      try #require(Requirements.martlet),
      arguments,
      in: folder,
      name: name,
      environment: environment
    )
  }

  /// Runs an installed program to its end, which must be a success.
  ///
  /// - Returns: its standard output.
  static func run(_ program: String, _ arguments: [String], in folder: TestFolder) async throws -> String {
    let path = try #require(Requirements.program(program))
    let child = try ChildProgram(path, arguments, in: folder, name: program)
    let end = await child.waitForEnd(within: .seconds(30))
    try #require(end == .exited(0), "\(program): \(child.errors.suffix(2000))")
    return child.output
  }
}
