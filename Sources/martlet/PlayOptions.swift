public import ArgumentParser
public import MediaUnits
import IndexAPI
import PlayerAgent
public import Presentation
import StreamPlayer

extension PictureSize {
  /// Such as `1280x720`.
  init?(argument: String) {
    self.init(text: argument)
    guard self.isStreamable else { return nil }
  }

  /// Reads what a person wrote.
  static func written(_ text: String) throws -> PictureSize {
    guard let size = PictureSize(argument: text) else {
      throw ValidationError("write WIDTHxHEIGHT, both even, from 16x16 to 3840x2160, such as 1280x720")
    }
    return size
  }
}

extension RawVideoWriter.Format: ExpressibleByArgument {}

extension VideoCodec: ExpressibleByArgument {
  public init?(argument: String) {
    self.init(name: argument)
  }

  public static var allValueStrings: [String] { ["h264", "hevc"] }

  public var defaultValueDescription: String {
    switch self {
    case .h264: "h264"
    case .hevc: "hevc"
    }
  }
}

extension PlannedChange: ExpressibleByArgument {
  public init?(argument: String) {
    self.init(argument)
  }
}

/// What a player asks its host for.
struct StreamOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Picture size: even numbers, 16x16 to 3840x2160.", valueName: "WxH"),
    transform: PictureSize.written
  )
  var size = PictureSize(width: 1280, height: 720)

  @Option(help: ArgumentHelp("Frames per second, 1 to 240.", valueName: "fps"))
  var rate = 60

  @Option(help: ArgumentHelp("Most that the picture may take, in Mbit/s.", valueName: "Mbit/s"))
  var bitrate = 10.0

  @Option(help: ArgumentHelp("Milliseconds of sound in a packet: 5 or 10.", valueName: "ms"))
  var audioPacket = 10

  @Flag(
    name: .customLong("intra-refresh"),
    help: """
      Mend what is lost for good without key frames: the host draws the picture anew all the time, a strip in each frame,
      and the last good picture stays until a round is complete, up to a second. For paths that large frames choke; takes
      some quality all the time. Where the host cannot do it, it says so, and key frames mend.
      """
  )
  var hasIntraRefresh = false

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
    configuration.hasIntraRefresh = self.hasIntraRefresh
  }
}

/// What a player wishes of the host that an indexer finds.
struct WishOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Most to pay a minute, in credits, down to a millionth.", valueName: "credits"))
  var maxPrice: Double?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A host not to play on; may be repeated.", valueName: "host")
  )
  var avoid: [HostName] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Where you are, in degrees north and east.", valueName: "lat,lon"),
    transform: Place.written
  )
  var near: Place?

  @Flag(name: .customLong("no-queue"), help: "Fail when nothing is free, instead of waiting in the queue.")
  var refusesQueue = false

  @Flag(name: .customLong("no-cache"), help: "Measure the hosts anew, whatever is known from the last session.")
  var forgetful = false

  func validate() throws {
    guard 0...1000 ~= self.maxPrice ?? 0 else { throw ValidationError("--max-price must be 0 to 1000.") }
    guard self.avoid.count <= 16 else { throw ValidationError("--avoid names at most 16 hosts.") }
  }

  func apply(to wish: inout GameWish) {
    wish.maximumPrice = self.maxPrice.map { Int(($0 * 1e6).rounded()) }
    wish.avoid = self.avoid.map(\.id)
    wish.place = self.near
    wish.waits = !self.refusesQueue
  }
}
