internal import Glibc
internal import PostgresStorage
internal import SQLiteStorage
internal import Storage

/// A process that writes to a store, for tests that need several or kill one.
///
/// Usage: storage-writer sqlite:DIRECTORY|postgres://… NAME reserve SEED HOSTS TASKS [COMMANDS]
///        storage-writer postgres://… NAME announce|watch COUNT
@main
enum Writer {
  static func main() async throws {
    let arguments = CommandLine.arguments
    let numbers = arguments.dropFirst(4).compactMap { Int($0) }
    guard arguments.count > 4, numbers.count == arguments.count - 4 else { self.exitWithUsage() }
    let name = arguments[2]
    let store: any NetworkStore =
      if arguments[1].hasPrefix("sqlite:") {
        try SQLiteStore(directory: String(arguments[1].dropFirst(7)))
      } else {
        try await PostgresStore(url: arguments[1], name: name)
      }
    switch (arguments[3], numbers.count) {
    case ("reserve", 3...4):
      let reservations = Reservations(
        store: store,
        name: name,
        seed: UInt64(numbers[0]),
        hostCount: numbers[1],
        taskCount: numbers[2],
        commandCount: numbers.count > 3 ? numbers[3] : nil
      )
      try await reservations.run()
    case ("announce", 1): try await Announcements(store: store, name: name).make(numbers[0])
    case ("watch", 1): try await Announcements(store: store, name: name).watch(numbers[0])
    default: self.exitWithUsage()
    }
  }

  /// Writes a line at once and whole, so that what is killed a moment later has said it.
  static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }

  private static func exitWithUsage() -> Never {
    self.say("usage: storage-writer STORE NAME reserve SEED HOSTS TASKS [COMMANDS] | announce COUNT | watch COUNT")
    exit(64)
  }
}
