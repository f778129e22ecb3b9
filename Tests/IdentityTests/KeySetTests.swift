import IndexAPI
import Testing

@testable import Identity

@Suite("Key sets")
struct KeySetTests {
  @Test("say what the independent implementation's say, or are refused for the right reason")
  func vectors() throws {
    for vector in IdentityVectors.all.keySets {
      do throws(TicketError) {
        let root = vector.root.flatMap { IdentityPublicKey(base64URL: $0) }
        let set = try KeySet(verifying: vector.text, root: root, now: vector.now)
        try Self.compare(set, vector)
      } catch {
        #expect("\(error)" == vector.error, "\(vector.name)")
      }
    }
    #expect(IdentityVectors.all.keySets.count == 17)
  }

  private static func compare(
    _ set: KeySet,
    _ vector: IdentityVectors.Signed<IdentityVectors.KeySetFields>
  ) throws(TicketError) {
    guard let fields = vector.fields else {
      Issue.record("accepted \(vector.name)")
      return
    }
    #expect(set.signer.base64URL == fields.signer, "\(vector.name)")
    #expect(set.entries.map(\.kid) == fields.entries.map(\.kid), "\(vector.name)")
    #expect(set.entries.map(\.key.base64URL) == fields.entries.map(\.x), "\(vector.name)")
    #expect(set.entries.map(\.notBefore) == fields.entries.map(\.nbf), "\(vector.name)")
    #expect(set.entries.map(\.notAfter) == fields.entries.map(\.exp), "\(vector.name)")
    #expect(set.entries.map(\.indexer.base64URL) == fields.entries.map(\.iss), "\(vector.name)")
    let signed = set.signed(by: Fixtures.indexer, issued: fields.issued)
    #expect((signed == vector.text) == fields.isCanonical, "\(vector.name)")
  }

  @Test("hold 64 keys, and no longer text than that takes")
  func largest() throws {
    let entries = (0..<Int64(64)).map { KeySet.Entry(EpochKey(identity: Fixtures.indexer, epoch: 1_000_000 + $0)) }
    let set = KeySet(entries: entries, signer: Fixtures.indexer.publicKey)
    let text = set.signed(by: Fixtures.indexer, issued: Fixtures.now)
    #expect(text.utf8.count <= KeySet.maximumByteCount)
    #expect(try KeySet(verifying: text, root: Fixtures.indexer.publicKey, now: Fixtures.now) == set)
    let long = text + String(repeating: "A", count: KeySet.maximumByteCount)
    #expect(throws: TicketError.malformed) { try KeySet(verifying: long, root: nil, now: Fixtures.now) }
  }

  @Test("let a ticket hold through the whole day that its key is for, whichever day's set a host has")
  func rotation() throws {
    let day = EpochKey.secondsPerEpoch
    let midnight = EpochKey.epoch(at: Fixtures.now) * day
    for hours in -23...23 {
      let set = KeySet(identity: Fixtures.indexer, now: midnight + Int64(hours) * 3_600)
      for now in [midnight, midnight + day / 2, midnight + day - 1] {
        var ticket = Fixtures.ticket()
        (ticket.notBefore, ticket.startBy) = (now, now + 30)
        let key = EpochKey(identity: Fixtures.indexer, epoch: EpochKey.epoch(at: now))
        let checked = try Ticket(verifying: ticket.signed(by: key), keys: set, host: ticket.host, now: now)
        #expect(checked == ticket)
      }
    }
  }

  @Test("choose by name and time, so two keys of one name do not hinder each other")
  func sameName() throws {
    var impostor = KeySet.Entry(EpochKey(identity: Fixtures.stranger, epoch: Fixtures.epochKey.epoch))
    impostor.kid = Fixtures.epochKey.kid
    var set = Fixtures.keys
    set.entries.insert(impostor, at: 0)
    let ticket = Fixtures.ticket()
    let bytes = ticket.signed(by: Fixtures.epochKey)
    #expect(try Ticket(verifying: bytes, keys: set, host: ticket.host, now: Fixtures.now) == ticket)
  }
}
