import MediaUnits
import Octets
import SessionProtocol
import Testing

@Suite("Records of live changes")
struct TermsRecordTests {
  struct Terms: Decodable, Sendable {
    var width: Int
    var height: Int
    var frameRate: Int
    var kilobits: Int64
    var audioMilliseconds: Int
    var codec: UInt8
    var hasIntraRefresh: Bool?

    var value: StreamTerms? {
      guard let codec = VideoCodec(rawValue: self.codec) else { return nil }
      return StreamTerms(
        picture: PictureSize(width: self.width, height: self.height),
        frameRate: self.frameRate,
        maximumBitrate: .kilobits(self.kilobits),
        audioPacketDuration: self.audioMilliseconds == 0 ? nil : .milliseconds(self.audioMilliseconds),
        codec: codec,
        hasIntraRefresh: self.hasIntraRefresh ?? false
      )
    }
  }

  struct Wished: Decodable, Sendable {
    var number: UInt32
    var decodableRate: Int
    var terms: Terms
    var isCanonical: Bool
  }

  struct Noticed: Decodable, Sendable {
    var revision: UInt32
    var answered: UInt32
    var terms: Terms
    var limit: UInt8
    var isCanonical: Bool
  }

  @Test("wishes", arguments: InputVector<Wished>.all("terms-wish"))
  func wishes(vector: InputVector<Wished>) throws {
    do {
      let wish = try TermsWish(parsing: vector.bytes.octets)
      let fields = try #require(vector.fields, "accepted")
      #expect(wish.number == fields.number)
      #expect(wish.decodableRate ?? 0 == fields.decodableRate)
      #expect(wish.terms == fields.terms.value)
      #expect((wish.serialized == vector.bytes) == fields.isCanonical)
      #expect(try TermsWish(parsing: wish.serialized.octets) == wish)
    } catch let error as SessionRecordError {
      #expect(String("\(error)".prefix { $0 != "(" }) == vector.error)
    }
  }

  @Test("notices", arguments: InputVector<Noticed>.all("terms-notice"))
  func notices(vector: InputVector<Noticed>) throws {
    do {
      let notice = try TermsNotice(parsing: vector.bytes.octets)
      let fields = try #require(vector.fields, "accepted")
      #expect(notice.revision == fields.revision)
      #expect(notice.answered == fields.answered)
      #expect(notice.terms == fields.terms.value)
      #expect(notice.limit.rawValue == fields.limit)
      #expect((notice.serialized == vector.bytes) == fields.isCanonical)
      #expect(try TermsNotice(parsing: notice.serialized.octets) == notice)
    } catch let error as SessionRecordError {
      #expect(String("\(error)".prefix { $0 != "(" }) == vector.error)
    }
  }
}
