import FFmpegCodec
import MediaUnits
import Synchronization
import Transport

/// A recording that the picture thread and the audio thread both write to.
///
/// A file of one stream has one codec and one size. Where the stream changes either, the recording goes on in another file
/// beside the first: `session.mkv`, `session-2.mkv` and so on, each whole by itself.
final class Recording: Sendable {
  /// SAFETY: used within the lock alone.
  private final class Files: @unchecked Sendable {
    let path: String
    let frameRate: Int
    let hasAudio: Bool
    var recorder: MediaRecorder?
    /// Of the file that is being written.
    var codec = VideoCodec.h264
    var size: PictureSize
    private var count = 1
    /// Whether the file has a picture.
    var hasPicture = false

    init(path: String, size: PictureSize, frameRate: Int, hasAudio: Bool) throws {
      self.path = path
      self.size = size
      self.frameRate = frameRate
      self.hasAudio = hasAudio
      self.recorder = try MediaRecorder(path: path, size: size, frameRate: frameRate, hasAudio: hasAudio)
    }

    /// Goes on in another file, or in the same one if nothing has been written to it.
    func begin(codec: VideoCodec, size: PictureSize) throws {
      if self.hasPicture {
        guard self.count < Recording.maximumFileCount else { return }
        self.count += 1
      }
      try self.recorder?.finish()
      self.recorder = try MediaRecorder(
        path: Recording.path(self.path, number: self.count),
        size: size,
        codec: codec,
        frameRate: self.frameRate,
        hasAudio: self.hasAudio
      )
      (self.codec, self.size, self.hasPicture) = (codec, size, false)
    }
  }

  /// A stream that changes without end shall not fill a folder with files.
  private static let maximumFileCount = 1000

  /// `nil` once it is complete.
  private let files: Mutex<Files?>

  init(path: String, size: PictureSize, frameRate: Int, hasAudio: Bool) throws {
    self.files = Mutex(try Files(path: path, size: size, frameRate: frameRate, hasAudio: hasAudio))
  }

  /// - Parameter size: of the picture that the frame decoded to; `nil` if it did not.
  func write(_ frame: ReceivedFrame, accessUnit: UnsafeRawBufferPointer, size: PictureSize?) throws {
    try self.files.withLock { files in
      guard let files else { return }
      let size = size ?? files.size
      if frame.isKeyframe, frame.codec != files.codec || size != files.size {
        try files.begin(codec: frame.codec, size: size)
      }
      // What belongs to a stream whose key frame never came has no place in this one's file.
      guard frame.codec == files.codec else { return }
      let isWritten = try files.recorder?.writeVideo(accessUnit, isKeyframe: frame.isKeyframe, at: frame.mediaTime)
      if isWritten ?? false { files.hasPicture = true }
    }
  }

  func write(audio packet: UnsafeRawBufferPointer, mediaTime: Int64) throws {
    try self.files.withLock { files in
      _ = try files?.recorder?.writeAudio(packet, at: mediaTime)
    }
  }

  /// Completes the file. Later writes are ignored.
  func finish() throws {
    try self.files.withLock { files in
      guard let last = files else { return }
      files = nil
      try last.recorder?.finish()
    }
  }

  /// The name of one of the files: a number before the extension, but for the first.
  static func path(_ path: String, number: Int) -> String {
    guard number > 1, let dot = path.lastIndex(of: ".") else { return path }
    return "\(path[..<dot])-\(number)\(path[dot...])"
  }
}
