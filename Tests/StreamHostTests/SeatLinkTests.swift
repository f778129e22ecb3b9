import DatagramIO
import FFmpegCodec
import MediaUnits
import Octets
import Synchronization
import Testing
import Transport

@testable import StreamHost

@Suite("What a seat's threads tell each other")
struct SeatLinkTests {
  private static func frame(_ number: UInt32) -> VideoFrame {
    let now = Instant(nanoseconds: 1_000)
    return VideoFrame(
      isKeyframe: number == 0,
      damagedAt: now,
      capturedAt: now,
      convertedAt: now,
      encodedAt: now,
      inputSequence: number
    )
  }

  @Test("a frame that finds no room is counted, and the next is a key frame")
  func refusedFrame() throws {
    let link = try SeatLink(control: HostControl(seats: 1, encoder: .x264), grant: nil)
    link.mustSendKeyframe.store(false, ordering: .relaxed)
    for number in 0..<UInt32(link.frames.capacity) {
      let accessUnit = [UInt8(number), 7]
      link.send(accessUnit.octets, Self.frame(number))
    }
    #expect(!link.mustSendKeyframe.load(ordering: .relaxed) && link.frames.refusedCount == 0)
    let refused: [UInt8] = [99, 7]
    link.send(refused.octets, Self.frame(99))
    #expect(link.mustSendKeyframe.load(ordering: .relaxed) && link.frames.refusedCount == 1)
    var bytes: [UInt8] = []
    for number in 0..<UInt32(link.frames.capacity) {
      #expect(link.frames.take(into: &bytes)?.inputSequence == number && bytes == [UInt8(number), 7])
    }
    #expect(link.frames.take(into: &bytes) == nil)
  }
}
