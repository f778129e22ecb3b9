import ArgumentParser
import GameStage

/// What a host calls itself as, to watch over the processes of one stage.
struct StageSupervisorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "stage-supervisor", shouldDisplay: false)

  func run() throws {
    runStageSupervisor()
  }
}
