import MediaUnits
import Presentation
import Testing

@Suite("Changes of a stream, as they are written")
struct StreamChangeTests {
  @Test("are read whole")
  func valid() {
    let small = PictureSize(width: 640, height: 360)
    #expect(StreamChange("640x360") == StreamChange(size: small))
    #expect(StreamChange("@30") == StreamChange(frameRate: 30))
    #expect(StreamChange("640x360@30") == StreamChange(size: small, frameRate: 30))
    #expect(StreamChange("hevc") == StreamChange(codec: .hevc))
    #expect(StreamChange("refresh") == StreamChange(hasIntraRefresh: true))
    #expect(StreamChange("no-refresh,@30") == StreamChange(frameRate: 30, hasIntraRefresh: false))
    #expect(StreamChange("2.5M") == StreamChange(bitrate: .kilobits(2500)))
    #expect(
      StreamChange("h264,640x360@24,8M")
        == StreamChange(size: small, frameRate: 24, codec: .h264, bitrate: .megabits(8))
    )
    #expect(
      PlannedChange("1.5=hevc") == PlannedChange(after: .milliseconds(1500), change: StreamChange(codec: .hevc))
    )
  }

  @Test(
    "are refused where anything about them is wrong",
    arguments: [
      "", ",", "hevc,", "av1", "640", "640x", "x360", "640x360x2", "641x360", "14x14", "4096x2160", "@", "@0", "@241",
      "640x360@", "@30@30", "hevc,h264", "640x360,320x200", "1M,2M", "0M", "501M", "nanM", "M", "-5M", "640x-360",
      " hevc", "HEVC", "refresh,no-refresh", "refresh,refresh", "refreshed",
    ]
  )
  func invalid(text: String) {
    #expect(StreamChange(text) == nil)
    #expect(PlannedChange("1=\(text)") == nil)
  }

  @Test(
    "are planned for a time that can come",
    arguments: ["", "5", "=hevc", "-1=hevc", "nan=hevc", "inf=hevc", "1e9=hevc"]
  )
  func unplanned(text: String) {
    #expect(PlannedChange(text) == nil)
  }
}
