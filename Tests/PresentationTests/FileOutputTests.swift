import Foundation
import Glibc
import MediaUnits
import Presentation
import Testing

@Suite("Video and sound files", .timeLimit(.minutes(1)))
struct FileOutputTests {
  private static func temporaryPath(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString)-\(name)").path
  }

  /// Runs `body` with a 4:2:0 picture of known content and rows longer than they need to be.
  private static func withPicture<Result>(_ size: PictureSize, _ body: (I420View) throws -> Result) rethrows -> Result {
    let stride = size.width + 5
    var planes = [UInt8](repeating: 0xEE, count: 3 * stride * size.height)
    return try planes.withUnsafeMutableBufferPointer { buffer in
      let base = buffer.baseAddress!
      for y in 0..<size.height { for x in 0..<size.width { base[y * stride + x] = UInt8((x + y) & 0xFF) } }
      let u = base + stride * size.height
      let v = u + stride * size.height
      for y in 0..<(size.height + 1) / 2 {
        for x in 0..<(size.width + 1) / 2 { (u[y * stride + x], v[y * stride + x]) = (100, 200) }
      }
      return try body(I420View(size: size, y: base, u: u, v: v, yStride: stride, chromaStride: stride))
    }
  }

  @Test("a Y4M file has a header, frame lines, and planes without their padding")
  func y4m() throws {
    let path = Self.temporaryPath("a.y4m")
    defer { unlink(path) }
    let size = PictureSize(width: 6, height: 4)
    do {
      var writer = try RawVideoWriter(path: path, format: .y4m, size: size, frameRate: (60, 1))
      try Self.withPicture(size) { picture in
        for _ in 0..<2 {
          let isOpen = try writer.write(picture)
          #expect(isOpen)
        }
      }
      let pictureCount = writer.pictureCount
      #expect(pictureCount == 2)
    }
    let header = "YUV4MPEG2 W6 H4 F60:1 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n"
    let luma = (0..<4).flatMap { y in (0..<6).map { UInt8($0 + y) } }
    let frame = Array("FRAME\n".utf8) + luma + [UInt8](repeating: 100, count: 6) + [UInt8](repeating: 200, count: 6)
    #expect(try Data(contentsOf: URL(filePath: path)) == Data(Array(header.utf8) + frame + frame))
  }

  @Test("a picture with more rows than one writev takes comes out whole")
  func tall() throws {
    let path = Self.temporaryPath("b.i420")
    defer { unlink(path) }
    let size = PictureSize(width: 16, height: 2160)
    do {
      var writer = try RawVideoWriter(path: path, format: .i420, size: size, frameRate: (30, 1))
      try Self.withPicture(size) { _ = try writer.write($0) }
    }
    let bytes = try Data(contentsOf: URL(filePath: path))
    #expect(bytes.count == 16 * 2160 * 3 / 2)
    #expect(bytes[16 * 2000 + 3] == UInt8(2003 & 0xFF))
  }

  @Test("a reader that goes away ends the writing without an error or a signal")
  func brokenPipe() throws {
    let path = Self.temporaryPath("c.fifo")
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    let size = PictureSize(width: 64, height: 64)
    var writer = try RawVideoWriter(path: path, format: .i420, size: size, frameRate: (30, 1))
    try Self.withPicture(size) { picture in
      let first = try writer.write(picture)
      close(reader)
      let others = [try writer.write(picture), try writer.write(picture)]
      #expect(first)
      #expect(others == [false, false])
    }
    let (isClosedByReader, pictureCount) = (writer.isClosedByReader, writer.pictureCount)
    #expect(isClosedByReader)
    #expect(pictureCount == 1)
  }

  @Test("a WAV file lists its samples every second and exactly at its end")
  func wav() throws {
    let path = Self.temporaryPath("d.wav")
    defer { unlink(path) }
    func listed() throws -> Int {
      let header = try Data(contentsOf: URL(filePath: path)).prefix(44)
      return header[40..<44].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    do {
      var writer = try WAVWriter(path: path, sampleRate: 48_000, channelCount: 2)
      let block = (0..<960).map { Int16($0) }
      for _ in 0..<150 { try writer.write(block.span) }
      let duration = writer.duration
      #expect(duration == .milliseconds(1500))
      #expect(try listed() == 192_000)
    }
    let bytes = try Data(contentsOf: URL(filePath: path))
    #expect(bytes.count == 44 + 150 * 1920)
    #expect(try listed() == 150 * 1920)
    let header: [UInt8] =
      Array("RIFF".utf8) + [0x24, 0x65, 0x04, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0, 1, 0, 2, 0, 0x80, 0xBB, 0, 0]
      + [0x00, 0xEE, 0x02, 0, 4, 0, 16, 0] + Array("data".utf8)
    #expect(Array(bytes.prefix(40)) == header)
    #expect(Array(bytes[48..<52]) == [2, 0, 3, 0])
  }

  @Test("a file that cannot be made is an error that names it")
  func missingDirectory() {
    let error = #expect(throws: OutputError.self) {
      _ = try WAVWriter(path: "/nonexistent/x.wav", sampleRate: 48_000, channelCount: 2)
    }
    #expect(error?.description == "open /nonexistent/x.wav: No such file or directory")
  }
}
