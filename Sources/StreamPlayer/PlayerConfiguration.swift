public import Handshake
public import MediaUnits
public import Presentation
public import SessionProtocol

/// What a player connects to, asks for, and does with what it gets.
public struct PlayerConfiguration: Sendable {
  /// Where decoded pictures go, besides being decoded.
  public enum VideoOutput: Hashable, Sendable {
    /// An X11 window, which is also a source of input.
    case window(title: String)
    /// The controlling terminal, which is also a source of input.
    case terminal
    /// Raw pictures to a file, or to standard output for "-".
    case raw(path: String, format: RawVideoWriter.Format)
    /// Every `interval`th picture as a PNG file in `directory`.
    case snapshots(directory: String, interval: Int)
    /// One line for each picture that carries a latency strip.
    case strip(path: String)
  }

  public enum AudioOutput: Hashable, Sendable {
    case none
    case pulseAudio
    case wav(path: String)

    /// The file that is written, if any.
    var path: String? {
      if case .wav(let path) = self { path } else { nil }
    }
  }

  /// Who says which host to connect to.
  public var source: any HostSource
  public var identity: StaticKeyPair
  public var size = PictureSize(width: 1280, height: 720)
  /// Frames per second, 1 ... 240.
  public var frameRate = 60
  public var bitrate = Bitrate.megabits(10)
  public var codec = VideoCodec.h264
  /// Whether losses are to be mended by drawing the picture anew part by part.
  public var hasIntraRefresh = false
  /// What to ask for in mid-session, and when, counted from the first picture.
  public var plannedChanges: [PlannedChange] = []
  /// 0 for no sound, 5 or 10.
  public var audioPacketMilliseconds = 10
  public var videoOutputs: [VideoOutput] = []
  public var audioOutput = AudioOutput.none
  /// Where to record both streams as they come: .mp4 or .mkv.
  public var recordingPath: String?
  /// Whether to keep small pictures for a contact sheet.
  public var keepsThumbnails = false
  public var inputScript: InputScript?
  /// Ends the session by itself after this long, counted from the first picture.
  public var duration: Duration?
  /// Where to write one JSON line for each frame and each second.
  public var statisticsPath: String?
  /// Where to append the SRTP master keys.
  public var keyLogPath: String?
  /// How long to try before giving up on a host that does not answer.
  public var connectTimeout = Duration.seconds(5)

  public init(source: any HostSource, identity: StaticKeyPair) {
    self.source = source
    self.identity = identity
  }

  /// A player on one host, which asks for no ticket.
  public init(host: HostAddress, identity: StaticKeyPair) {
    self.init(source: NamedHost(HostOffer(address: host)), identity: identity)
  }
}
