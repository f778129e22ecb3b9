public import ArgumentParser
public import MediaUnits
public import Presentation
import StreamPlayer

extension PictureSize: ExpressibleByArgument {
  /// Such as `1280x720`.
  public init?(argument: String) {
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]), width > 0, height > 0 else {
      return nil
    }
    self.init(width: width, height: height)
    guard self.isStreamable else { return nil }
  }

  public var defaultValueDescription: String { self.description }
}

extension RawVideoWriter.Format: ExpressibleByArgument {}

/// What a player asks its host for.
struct StreamOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Picture size: even numbers, up to 3840x2160.", valueName: "WxH"))
  var size = PictureSize(width: 1280, height: 720)

  @Option(help: ArgumentHelp("Frames per second, 1 to 240.", valueName: "fps"))
  var rate = 60

  @Option(help: ArgumentHelp("Most that the picture may take, in Mbit/s.", valueName: "Mbit/s"))
  var bitrate = 10.0

  @Option(help: ArgumentHelp("Milliseconds of sound in a packet: 5 or 10.", valueName: "ms"))
  var audioPacket = 10

  func validate() throws {
    guard 1...240 ~= self.rate else { throw ValidationError("--rate must be 1 to 240.") }
    guard 0.1...500 ~= self.bitrate else { throw ValidationError("--bitrate must be 0.1 to 500.") }
    guard self.audioPacket == 5 || self.audioPacket == 10 else {
      throw ValidationError("--audio-packet must be 5 or 10.")
    }
  }

  func apply(to configuration: inout PlayerConfiguration) {
    configuration.size = self.size
    configuration.frameRate = self.rate
    configuration.bitrate = .megabits(self.bitrate)
    configuration.audioPacketMilliseconds = self.audioPacket
  }
}
