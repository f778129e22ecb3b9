import MediaUnits
import SessionProtocol

@testable import LoadTest

extension LoadResult {
  /// What a run of ten seconds without players leads to.
  static func empty(host: String) throws -> LoadResult {
    let key = String(repeating: "A", count: 42) + "E"
    let configuration = LoadConfiguration(
      target: .host(try HostAddress(parsing: "martlet://\(host):7777#\(key)")),
      players: 1,
      terms: StreamTerms(
        picture: PictureSize(width: 1280, height: 720),
        frameRate: 60,
        maximumBitrate: .megabits(10),
        audioPacketDuration: .milliseconds(5)
      ),
      duration: .seconds(10)
    )
    var result = LoadResult(
      configuration,
      players: [],
      figures: LoadFigures(start: .zero, duration: .seconds(10)),
      decoded: nil,
      machine: MachineLoad(),
      took: .seconds(10)
    )
    result.hosts = ["\(host):7777"]
    return result
  }
}
