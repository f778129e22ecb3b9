import Testing

/// The parent of every suite that starts hosts, players and games: they would disturb each other, so one test runs at a
/// time.
@Suite("End to end", .serialized, .timeLimit(.minutes(1)))
enum EndToEnd {}
