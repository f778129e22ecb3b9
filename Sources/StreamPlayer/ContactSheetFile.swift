import FFmpegCodec
import SessionReport

/// The session's thumbnails, ready to be written as one picture.
public struct ContactSheetFile: @unchecked Sendable {
  // SAFETY: nobody else holds the thumbnails once the picture thread has ended, and they are not written to any more.
  private let thumbnails: ThumbnailOutput

  init(_ thumbnails: ThumbnailOutput) {
    self.thumbnails = thumbnails
  }

  /// Writes a PNG file. Does nothing when there was no picture.
  ///
  /// - Throws: ``FFmpegError`` when the file cannot be written.
  public func write(to path: String) throws {
    let pictures = self.thumbnails.thumbnails
    guard !pictures.isEmpty else { return }
    var sheet = ContactSheet(thumbnail: ThumbnailOutput.size, columns: 4, capacity: pictures.count)
    for picture in pictures { _ = sheet.add(picture.pixels.view, at: picture.offset) }
    try sheet.withPixels { try PNGImage.write($0, to: path) }
  }
}
