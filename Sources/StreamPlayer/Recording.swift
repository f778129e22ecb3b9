import FFmpegCodec
import MediaUnits
import Synchronization
import Transport

/// A recording that the picture thread and the audio thread both write to.
final class Recording: Sendable {
  private let recorder: Mutex<MediaRecorder?>

  init(path: String, size: PictureSize, frameRate: Int, hasAudio: Bool) throws {
    self.recorder = Mutex(nil)
    try self.recorder.withLock { slot in
      slot = try MediaRecorder(path: path, size: size, frameRate: frameRate, hasAudio: hasAudio)
    }
  }

  func write(_ frame: ReceivedFrame, accessUnit: UnsafeRawBufferPointer) throws {
    try self.withRecorder { recorder in
      _ = try recorder.writeVideo(accessUnit, isKeyframe: frame.isKeyframe, at: frame.mediaTime)
    }
  }

  func write(audio packet: UnsafeRawBufferPointer, mediaTime: Int64) throws {
    try self.withRecorder { recorder in _ = try recorder.writeAudio(packet, at: mediaTime) }
  }

  /// Completes the file. Later writes are ignored.
  func finish() throws {
    try self.recorder.withLock { slot in
      guard var recorder = slot.take() else { return }
      try recorder.finish()
    }
  }

  private func withRecorder(_ body: (inout MediaRecorder) throws -> Void) throws {
    try self.recorder.withLock { slot in
      guard var recorder = slot.take() else { return }
      do {
        try body(&recorder)
      } catch {
        slot = consume recorder
        throw error
      }
      slot = consume recorder
    }
  }
}
