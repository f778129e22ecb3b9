import IndexAPI
import Testing

@testable import Identity

@Suite("A host's door")
struct TicketAdmissionTests {
  private var admission = TicketAdmission(host: Fixtures.host.publicKey.hostID)

  private static func signed(_ ticket: Ticket) -> [UInt8] {
    ticket.signed(by: Fixtures.epochKey)
  }

  @Test("lets a ticket in once")
  mutating func once() throws {
    self.admission.keys = Fixtures.keys
    let bytes = Self.signed(Fixtures.ticket())
    let ticket = try self.admission.admit(bytes, transportKey: Fixtures.transportKey, now: Fixtures.now)
    #expect(ticket == Fixtures.ticket())
    self.expect(.alreadyUsed, bytes)
    self.expect(.alreadyUsed, bytes, now: Fixtures.now + 34)
    self.expect(.expired, bytes, now: Fixtures.now + 35)
  }

  @Test("lets nobody in for a session that was given up, and says so once")
  mutating func refusal() throws {
    self.admission.keys = Fixtures.keys
    let (session, bytes) = (Fixtures.ticket().session, Self.signed(Fixtures.ticket()))
    var isNews = self.admission.refuse(session, now: Fixtures.now)
    #expect(isNews)
    self.expect(.alreadyUsed, bytes)
    isNews = self.admission.refuse(session, now: Fixtures.now)
    #expect(!isNews)
  }

  @Test("does not say of a session that was used that nobody has come for it")
  mutating func refusalAfterUse() throws {
    self.admission.keys = Fixtures.keys
    let bytes = Self.signed(Fixtures.ticket())
    _ = try self.admission.admit(bytes, transportKey: Fixtures.transportKey, now: Fixtures.now)
    let isNews = self.admission.refuse(Fixtures.ticket().session, now: Fixtures.now)
    #expect(!isNews)
  }

  @Test("knows a session that was used, under whatever signature")
  mutating func signedAnew() throws {
    self.admission.keys = Fixtures.keys
    _ = try self.admission.admit(
      Self.signed(Fixtures.ticket()),
      transportKey: Fixtures.transportKey,
      now: Fixtures.now
    )
    self.expect(.alreadyUsed, Self.signed(Fixtures.ticket(startBy: Fixtures.now + 29)))
  }

  @Test("knows a session that was used when another ticket for it, written later, comes")
  mutating func writtenAnew() throws {
    self.admission.keys = Fixtures.keys
    // Used tickets are looked through every five minutes: 30 s from now is such a moment.
    for (session, startBy, now) in [(3, -268, -270), (1, 10, 5), (2, 60, 30)] as [(UInt64, Int64, Int64)] {
      let bytes = Self.signed(Fixtures.ticket(session: session, startBy: Fixtures.now + startBy))
      _ = try self.admission.admit(bytes, transportKey: Fixtures.transportKey, now: Fixtures.now + now)
    }
    self.expect(.alreadyUsed, Self.signed(Fixtures.ticket(startBy: Fixtures.now + 60)), now: Fixtures.now + 30)
  }

  @Test("is closed before there are keys")
  mutating func noKeys() {
    self.expect(.noKeys, Self.signed(Fixtures.ticket()))
  }

  @Test("lets nobody in with another's ticket, and the ticket stays good")
  mutating func stolen() throws {
    self.admission.keys = Fixtures.keys
    let bytes = Self.signed(Fixtures.ticket())
    self.expect(.otherPlayer, bytes, transportKey: [UInt8](repeating: 8, count: 32))
    self.expect(.otherPlayer, bytes, transportKey: [])
    _ = try self.admission.admit(bytes, transportKey: Fixtures.transportKey, now: Fixtures.now)
  }

  @Test("is for its own host's tickets")
  mutating func otherHost() {
    self.admission.keys = Fixtures.keys
    self.expect(.otherHost, Self.signed(Fixtures.ticket(host: Fixtures.stranger.publicKey.hostID)))
  }

  @Test("does not know keys that were withdrawn")
  mutating func withdrawn() {
    self.admission.keys = KeySet(entries: [], signer: Fixtures.indexer.publicKey)
    self.expect(.unknownKey, Self.signed(Fixtures.ticket()))
  }

  @Test("forgets tickets only when they have ended, and remembers no more than it has room for")
  mutating func bounded() throws {
    self.admission.keys = Fixtures.keys
    // Verifying as many as fit would take seconds; the door is told instead that they came.
    self.admission.used = Dictionary(
      uniqueKeysWithValues: (0..<UInt64(TicketAdmission.capacity)).map {
        (SessionID(high: 1, low: $0), Fixtures.now + ($0 == 0 ? 10 : 30))
      }
    )
    let bytes = Self.signed(Fixtures.ticket())
    self.expect(.tooMany, bytes)
    self.expect(.tooMany, bytes, now: Fixtures.now + 14)
    _ = try self.admission.admit(bytes, transportKey: Fixtures.transportKey, now: Fixtures.now + 15)
    #expect(self.admission.used.count == TicketAdmission.capacity)
    self.expect(.alreadyUsed, bytes, now: Fixtures.now + 15)
    let later = Self.signed(Fixtures.ticket(session: 2, startBy: Fixtures.now + 60))
    _ = try self.admission.admit(later, transportKey: Fixtures.transportKey, now: Fixtures.now + 36)
    #expect(self.admission.used.count == 2)
  }

  private mutating func expect(
    _ expected: TicketError,
    _ bytes: [UInt8],
    transportKey: [UInt8] = Fixtures.transportKey,
    now: Int64 = Fixtures.now,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do throws(TicketError) {
      let ticket = try self.admission.admit(bytes, transportKey: transportKey, now: now)
      Issue.record("admitted \(ticket)", sourceLocation: sourceLocation)
    } catch {
      #expect(error == expected, sourceLocation: sourceLocation)
    }
  }
}
