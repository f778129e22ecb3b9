import MediaUnits
import Octets
import RTP
import Testing

@Suite("Recovery points")
struct RecoveryPointTests {
  struct Fields: Decodable, Sendable {
    /// Absent where there is no recovery point.
    var frameCount: Int?
  }

  @Test("are found in front of a picture's first slice", arguments: Vector<Fields>.valid("rtp-recovery-point"))
  func found(vector: Vector<Fields>) throws {
    let fields = try #require(vector.fields)
    let bytes = vector.bytes
    let point = RecoveryPoint(accessUnit: bytes.octets, codec: .h264)
    #expect(point?.frameCount == fields.frameCount)
    let ofHEVC = RecoveryPoint(accessUnit: bytes.octets, codec: .hevc)
    #expect(ofHEVC == nil)
  }

  @Test("are not found in what is cut off anywhere before their end")
  func cutOff() {
    let whole = [UInt8](hex: "0000000167 42c01fda 000001 0606020f44".filter { $0 != " " })
    for count in whole.indices.dropLast() {
      let bytes = Array(whole[..<count])
      let point = RecoveryPoint(accessUnit: bytes.octets, codec: .h264)
      #expect(point == nil, "\(count) bytes")
    }
    let point = RecoveryPoint(accessUnit: whole.octets, codec: .h264)
    #expect(point?.frameCount == 29)
  }
}
