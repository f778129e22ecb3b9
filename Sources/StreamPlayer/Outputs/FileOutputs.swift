import FFmpegCodec
import Foundation
import LatencyStrip
import MediaUnits
import PixelConversion
import Presentation
import Transport

/// Raw pictures to a file or a pipe.
///
/// A stream of raw pictures has one size. Pictures of another are scaled to it, so that whatever reads them sees one video.
final class RawOutput: PictureOutput {
  private let size: PictureSize
  private var scaled: [UInt8] = []
  private var writer: RawVideoWriter

  init(path: String, format: RawVideoWriter.Format, size: PictureSize, frameRate: Int) throws {
    self.size = size
    self.writer = try RawVideoWriter(path: path, format: format, size: size, frameRate: (frameRate, 1))
  }

  func show(_ picture: I420View, frame: ReceivedFrame, decodedAt: Instant) throws {
    guard picture.size != self.size else {
      _ = try self.writer.write(picture)
      return
    }
    let (width, height) = (self.size.width, self.size.height)
    let (chromaWidth, chromaHeight) = ((width + 1) / 2, (height + 1) / 2)
    let byteCount = width * height + 2 * chromaWidth * chromaHeight
    if self.scaled.isEmpty { self.scaled = [UInt8](repeating: 0, count: byteCount) }
    try self.scaled.withUnsafeMutableBufferPointer { buffer in
      guard let y = buffer.baseAddress else { return }
      let target = I420View(
        size: self.size,
        y: y,
        u: y + width * height,
        v: y + width * height + chromaWidth * chromaHeight,
        yStride: width,
        chromaStride: chromaWidth
      )
      PixelConversion.scale(picture, to: target)
      _ = try self.writer.write(target)
    }
  }

  func handleInput(link: PlayerLink) throws {
    if self.writer.isClosedByReader { link.finish(.finished) }
  }
}

/// Every so many pictures as a PNG file.
final class SnapshotOutput: PictureOutput {
  private let directory: String
  private let interval: Int
  private let pixels: PixelBuffer
  private var count = 0

  init(directory: String, interval: Int, size: PictureSize) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    self.directory = directory
    self.interval = interval
    self.pixels = PixelBuffer(size: size)
  }

  func show(_ picture: I420View, frame: ReceivedFrame, decodedAt: Instant) throws {
    defer { self.count += 1 }
    guard self.count % self.interval == 0 else { return }
    self.pixels.resize(to: picture.size)
    PixelConversion.convert(picture, to: self.pixels.view)
    let number = String(frame.index)
    let padded = String(repeating: "0", count: max(0, 8 - number.count)) + number
    try PNGImage.write(self.pixels.view, to: "\(self.directory)/frame-\(padded).png")
  }
}

/// What the latency strip in each picture says, beside the ledger's own figures, one line of JSON each.
final class StripOutput: PictureOutput {
  private let file: TextFile

  init(path: String) throws {
    self.file = try TextFile(path: path)
  }

  func show(_ picture: I420View, frame: ReceivedFrame, decodedAt: Instant) throws {
    guard let strip = LatencyStrip(luma: picture.y, stride: picture.yStride, size: picture.size) else { return }
    let isFlash = strip.flags.contains(.flash)
    self.file.write(
      "{\"frame\":\(strip.frameNumber),\"inputs\":\(strip.inputCount),\"flash\":\(isFlash),"
        + "\"decoded_ns\":\(decodedAt.nanoseconds),\"media_ns\":\(frame.mediaTime),"
        + "\"damaged_ns\":\(frame.host.map { String($0.damagedAt.nanoseconds) } ?? "null")}\n"
    )
  }

  func finish() throws {
    try self.file.close()
  }
}

/// Small copies of pictures spread over the session, for a contact sheet.
///
/// Whenever there are too many, every other one goes and the interval doubles, so any length of session is covered.
final class ThumbnailOutput: PictureOutput {
  static let size = PictureSize(width: 320, height: 180)
  private static let capacity = 24

  private(set) var thumbnails: [(pixels: PixelBuffer, offset: Duration)] = []
  private let full: PixelBuffer
  private var interval: Duration = .milliseconds(250)
  private var firstAt: Instant?
  private var nextAt = Instant.zero

  init(size: PictureSize) {
    self.full = PixelBuffer(size: size)
  }

  func show(_ picture: I420View, frame: ReceivedFrame, decodedAt: Instant) throws {
    guard decodedAt >= self.nextAt else { return }
    let firstAt = self.firstAt ?? decodedAt
    self.firstAt = firstAt
    self.nextAt = decodedAt + self.interval
    self.full.resize(to: picture.size)
    PixelConversion.convert(picture, to: self.full.view)
    let thumbnail = PixelBuffer(size: Self.size)
    PixelConversion.scale(self.full.view, to: thumbnail.view)
    self.thumbnails.append((thumbnail, decodedAt - firstAt))
    if self.thumbnails.count == Self.capacity {
      self.thumbnails = self.thumbnails.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      self.interval = self.interval * 2
    }
  }
}
