import ArgumentParser

/// Load tests, and what is done with their results.
struct LoadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Put many players on a host and measure what they get.",
    discussion: """
      `martlet load ADDRESS` is `martlet load run ADDRESS`; `martlet load run --help` lists its options.

        martlet load 'martlet://HOST:7777#KEY' --players 5 --ramp 10 --duration 60
        martlet load 'martlet://HOST:7777#KEY' --players 50 --json > a.json
        martlet load merge a.json b.json -o all.json
        martlet load compare before.json after.json --html change.html
        martlet load check all.json --slo Samples/load/slo.yaml
      """,
    subcommands: [LoadRunCommand.self, LoadMergeCommand.self, LoadCompareCommand.self, LoadCheckCommand.self],
    defaultSubcommand: LoadRunCommand.self
  )
}
