import IndexAPI
import Testing

@testable import Identity

@Suite("Tickets")
struct TicketTests {
  private static let keys = Result { () throws(TicketError) -> KeySet in
    try KeySet(verifying: IdentityVectors.all.keySet, root: Fixtures.indexer.publicKey, now: Fixtures.now)
  }

  @Test(
    "say what the independent implementation's say",
    arguments: IdentityVectors.all.tickets.filter { $0.error == nil }
  )
  func accepted(vector: IdentityVectors.Signed<IdentityVectors.TicketFields>) throws {
    let fields = try #require(vector.fields)
    let host = try #require(vector.host.flatMap { HostID($0) })
    let ticket = try Ticket(
      verifying: Array(vector.text.utf8),
      keys: try Self.keys.get(),
      host: host,
      now: vector.now
    )
    #expect(ticket.session.description == fields.session)
    #expect(ticket.host.description == fields.host)
    #expect(ticket.player.description == fields.player)
    #expect(ticket.transportKey == [UInt8](hex: fields.transportKey))
    #expect(ticket.game == fields.game)
    #expect(ticket.notBefore == fields.notBefore)
    #expect(ticket.startBy == fields.startBy)
    let signed = String(decoding: ticket.signed(by: Fixtures.epochKey), as: UTF8.self)
    #expect((signed == vector.text) == fields.isCanonical)
  }

  @Test("are refused for the right reason", arguments: IdentityVectors.all.tickets.filter { $0.error != nil })
  func refused(vector: IdentityVectors.Signed<IdentityVectors.TicketFields>) throws {
    let host = try #require(vector.host.flatMap { HostID($0) })
    let keys = try Self.keys.get()
    do throws(TicketError) {
      let ticket = try Ticket(verifying: Array(vector.text.utf8), keys: keys, host: host, now: vector.now)
      Issue.record("accepted \(ticket)")
    } catch {
      #expect("\(error)" == vector.error)
    }
  }

  @Test("have at most 512 bytes, whatever is in them")
  func longest() throws {
    let ticket = Ticket(
      session: SessionID(high: .max, low: .max),
      host: HostID(high: .max, low: .max),
      player: PlayerID(high: .max, low: .max),
      transportKey: [UInt8](repeating: 0xFF, count: 32),
      game: String(repeating: "z", count: 64),
      notBefore: 99_999_999_699,
      startBy: 99_999_999_999
    )
    let epoch = EpochKey.epoch(at: ticket.notBefore)
    let bytes = ticket.signed(by: EpochKey(identity: Fixtures.indexer, epoch: epoch))
    #expect(bytes.count <= Ticket.maximumByteCount)
    let keys = KeySet(identity: Fixtures.indexer, now: ticket.notBefore)
    #expect(try Ticket(verifying: bytes, keys: keys, host: ticket.host, now: ticket.notBefore) == ticket)
  }

  @Test("do not hold when any one bit is another")
  func everyBit() {
    let bytes = Fixtures.ticket().signed(by: Fixtures.epochKey)
    for index in bytes.indices {
      for bit in 0..<8 {
        var tampered = bytes
        tampered[index] ^= 1 << UInt8(bit)
        #expect(throws: TicketError.self, "bit \(bit) of byte \(index)") {
          try Ticket(
            verifying: tampered,
            keys: Fixtures.keys,
            host: Fixtures.host.publicKey.hostID,
            now: Fixtures.now
          )
        }
      }
    }
  }

  @Test("name games as hosts do")
  func gameNames() {
    #expect(Ticket.isGameName("freedoom-2"))
    #expect(Ticket.isGameName(String(repeating: "a", count: 64)))
    for name in ["", "Freedoom", "a b", "a\"", "ä", "a\n", String(repeating: "a", count: 65)] {
      #expect(!Ticket.isGameName(name), "\(name)")
    }
  }

  @Test("for the queue say what the independent implementation's say")
  func queueTickets() throws {
    let keys = try Self.keys.get()
    for vector in IdentityVectors.all.queueTickets {
      do throws(TicketError) {
        let ticket = try QueueTicket(verifying: Array(vector.text.utf8), keys: keys, now: vector.now)
        #expect(ticket.player.description == vector.fields?.player, "\(vector.name)")
        #expect(ticket.request.description == vector.fields?.request, "\(vector.name)")
        #expect(ticket.game == vector.fields?.game, "\(vector.name)")
        #expect(ticket.enqueued == vector.fields?.enqueued, "\(vector.name)")
        #expect(ticket.isResumption == vector.fields?.isResumption, "\(vector.name)")
        #expect(String(decoding: ticket.signed(by: Fixtures.epochKey), as: UTF8.self) == vector.text, "\(vector.name)")
      } catch {
        #expect("\(error)" == vector.error, "\(vector.name)")
      }
    }
    #expect(IdentityVectors.all.queueTickets.count == 11)
  }
}
