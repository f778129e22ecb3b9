import FFmpegCodec
import MediaUnits
import PixelConversion
import Testing

@Suite("Video decoder", .timeLimit(.minutes(1)))
struct VideoDecoderTests {
  @Test("gives one picture for every access unit at once, and a picture close to what was encoded", arguments: [1, 2])
  func oneInOneOut(threads: Int) throws {
    let units = try SmallStream.encode(count: 60, keyframes: [0, 40], bitrate: .megabits(3))
    var decoder = try VideoDecoder(threads: threads)
    let scene = MovingScene(seed: 1)
    let picture = BGRXPicture(320, 192)
    let reference = I420Picture(320, 192)
    var quality: [Double] = []
    for unit in units {
      scene.draw(frame: Int(unit.pts), into: picture.view)
      PixelConversion.convert(picture.view, to: reference.view)
      var pictureCount = 0
      let hasPicture = try unit.withBytes { bytes throws(FFmpegError) in
        try decoder.decode(bytes, pts: unit.pts) { picture in
          pictureCount += 1
          #expect(picture.pts == unit.pts)
          #expect(picture.isKeyframe == unit.isKeyframe)
          #expect(picture.size == SmallStream.size)
          quality.append(peakSignalToNoise(picture.planes.samples, reference.view.samples))
        }
      }
      #expect(hasPicture)
      #expect(pictureCount == 1)
    }
    // A key frame must make do with the budget of any frame, so it dips.
    #expect(quality.min()! > 28)
    #expect(quality.sorted()[quality.count / 2] > 36)
  }

  @Test("follows a change of size at a key frame")
  func sizeChange() throws {
    let other = PictureSize(width: 200, height: 160)
    let units = try SmallStream.encode(count: 3) + SmallStream.encode(count: 3, size: other)
    var decoder = try VideoDecoder()
    var sizes: [PictureSize] = []
    for unit in units {
      _ = try unit.withBytes { bytes throws(FFmpegError) in
        try decoder.decode(bytes, pts: unit.pts) { sizes.append($0.size) }
      }
    }
    #expect(sizes == Array(repeating: SmallStream.size, count: 3) + Array(repeating: other, count: 3))
  }

  @Test("has no picture before the first key frame, nor for nothing")
  func startsAtKeyframe() throws {
    let units = try SmallStream.encode(count: 4, keyframes: [0, 2])
    var decoder = try VideoDecoder()
    let empty = try decoder.decode(UnsafeRawBufferPointer(start: nil, count: 0), pts: 0) { _ in }
    #expect(!empty)
    let pictureCount = units.dropFirst().reduce(into: [Int64]()) { pictures, unit in
      _ = try? unit.withBytes { bytes throws(FFmpegError) in
        try decoder.decode(bytes, pts: unit.pts) { pictures.append($0.pts) }
      }
    }
    #expect(pictureCount == [2, 3])
  }

  @Test("answers a cut slice with an error and hands on no picture, and recovers at the next key frame")
  func damage() throws {
    let (pictures, failures) = try Self.decodeWithCut(threads: 1)
    #expect(failures.contains(2))
    #expect(!pictures.contains(2))
    #expect(pictures.last == 5)
  }

  @Test("recovers from a cut slice at the next key frame with two threads, too")
  func damageWithTwoThreads() throws {
    let (pictures, _) = try Self.decodeWithCut(threads: 2)
    #expect(pictures.last == 5)
  }

  /// Decodes six frames, the third cut in half, the last a key frame.
  private static func decodeWithCut(threads: Int) throws -> (pictures: [Int64], failures: [Int]) {
    let units = try SmallStream.encode(count: 6, keyframes: [0, 5])
    var decoder = try VideoDecoder(threads: threads)
    var failures: [Int] = []
    var pictures: [Int64] = []
    for (index, original) in units.enumerated() {
      var unit = original
      if index == 2 { unit.bytes.removeLast(unit.bytes.count / 2) }
      do throws(FFmpegError) {
        _ = try unit.withBytes { bytes throws(FFmpegError) in
          try decoder.decode(bytes, pts: unit.pts) { pictures.append($0.pts) }
        }
      } catch {
        failures.append(index)
        #expect(!error.description.isEmpty)
      }
    }
    return (pictures, failures)
  }

  @Test("survives ten thousand mutated access units", arguments: [1, 7] as [UInt64])
  func mutations(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let units = try SmallStream.encode(count: 10, keyframes: [0, 4], size: PictureSize(width: 64, height: 48))
    var decoder = try VideoDecoder()
    var failureCount = 0
    var pictureCount = 0
    for index in 0..<5_000 {
      var unit = units[index % units.count]
      unit.mutate(using: &random)
      do throws(FFmpegError) {
        let hasPicture = try unit.withBytes { bytes throws(FFmpegError) in
          try decoder.decode(bytes, pts: Int64(index)) { picture in
            // Touch what was handed out, so that a wrong plane or stride would fault.
            #expect(picture.planes.samples.count >= picture.size.width * picture.size.height)
          }
        }
        pictureCount += hasPicture ? 1 : 0
      } catch {
        failureCount += 1
      }
    }
    #expect(failureCount > 1_000)
    #expect(pictureCount > 0)

    try decoder.reset()
    let recovered = try units[0].withBytes { bytes throws(FFmpegError) in try decoder.decode(bytes, pts: 0) { _ in } }
    #expect(recovered)
  }
}

extension AccessUnit {
  /// Flips bits, overwrites bytes, cuts or repeats a part.
  fileprivate mutating func mutate(using random: inout SplitMix64) {
    func position() -> Int { Int(random.next() % UInt64(max(self.bytes.count, 1))) }
    for _ in 0...Int(random.next() % 4) {
      guard !self.bytes.isEmpty else { return }
      switch random.next() % 4 {
      case 0: self.bytes[position()] ^= 1 << UInt8(random.next() % 8)
      case 1: self.bytes[position()] = UInt8(random.next() & 0xFF)
      case 2: self.bytes.removeLast(self.bytes.count - position())
      default: self.bytes.insert(contentsOf: self.bytes.prefix(position()), at: position())
      }
    }
  }
}
