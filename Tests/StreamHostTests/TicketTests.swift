import Foundation
import Handshake
import Identity
import IndexAPI
import MediaUnits
import SessionProtocol
import Testing

@testable import StreamHost

/// The parent of every suite that starts hosts: they would disturb each other's times, so one test runs at a time.
@Suite("Hosts", .serialized, .enabled(if: HostUnderTest.isPossible, "\(HostUnderTest.reason)"))
enum HostTests {}

extension HostTests {
  @Suite("Tickets")
  struct TicketTests {
    private let identity = IdentityKey()
    private let indexer = IdentityKey()
    private let player = TestPlayer()
    private let now = Int64(Date().timeIntervalSince1970)

    private func ticket(
      session: UInt64 = 1,
      host: HostID? = nil,
      player: StaticKeyPair? = nil,
      game: String = "test-game",
      startBy: Int64 = 30
    ) -> [UInt8] {
      Ticket(
        session: SessionID(high: 7, low: session),
        host: host ?? self.identity.publicKey.hostID,
        player: IdentityKey().publicKey.playerID,
        transportKey: (player ?? self.player.identity).publicKey.bytes,
        game: game,
        notBefore: self.now - 60,
        startBy: self.now + startBy
      ).signed(by: EpochKey(identity: self.indexer, epoch: EpochKey.epoch(at: self.now)))
    }

    private func host(seats: Int = 1, allowsDirect: Bool = false, hasKeys: Bool = true) throws -> HostUnderTest {
      let admission = HostAdmission.tickets(host: self.identity.publicKey.hostID, allowsDirect: allowsDirect)
      let host = try HostUnderTest(seats: seats, admission: admission)
      if hasKeys { host.server.setKeys(KeySet(identity: self.indexer, now: self.now)) }
      return host
    }

    /// The refusal that a request gets.
    private func refusal(_ host: HostUnderTest, _ player: TestPlayer, ticket: [UInt8]) -> SessionRefusal? {
      do {
        _ = try player.ask(host, ticket: ticket)
        return nil
      } catch {
        return error as? SessionRefusal
      }
    }

    @Test("a ticket admits its player once, and the session is told of", .timeLimit(.minutes(1)))
    func once() async throws {
      let host = try self.host(seats: 2)
      let ticket = self.ticket()
      let start = try #require(try self.player.ask(host, ticket: ticket))
      #expect(host.server.occupancy.sessions == [SessionID(high: 7, low: 1)])
      #expect(host.server.occupancy.freeSeats == 1)
      let again = self.refusal(host, self.player, ticket: ticket)
      #expect(again?.code == .notAllowed && again?.text.contains("used already") == true, "\(again as Any)")
      // Going on with the session needs no other ticket.
      let resumed = try #require(try self.player.ask(host, resuming: start.grant.connection))
      #expect(resumed.grant.isResumed)

      host.server.release(SessionID(high: 7, low: 1))
      #expect(await host.eventually { $0.server.occupancy.sessions.isEmpty })
      let ended = EndedSession(session: SessionID(high: 7, low: 1), reason: "the session was ended")
      #expect(host.server.takeEnded() == [ended])
      #expect(host.server.takeEnded().isEmpty)
    }

    @Test("who has no valid ticket is told why", .timeLimit(.minutes(1)))
    func refusals() async throws {
      let host = try self.host()
      let other = TestPlayer()
      let cases: [(TestPlayer, [UInt8], String)] = [
        (self.player, [], "indexer"),
        (other, self.ticket(), "another player"),
        (self.player, self.ticket(host: IdentityKey().publicKey.hostID), "another host"),
        (self.player, self.ticket(startBy: -30), "expired"),
        (self.player, self.ticket(session: 2, game: "other-game"), "other-game"),
        (self.player, Array("no ticket".utf8), "cannot be read"),
      ]
      for (player, ticket, words) in cases {
        let refusal = self.refusal(host, player, ticket: ticket)
        #expect(refusal?.code == .notAllowed && refusal?.text.contains(words) == true, "\(words): \(refusal as Any)")
      }
      #expect(host.server.occupancy.freeSeats == 1)
      // A refusal for want of the right player has not used the ticket up.
      #expect(try self.player.ask(host, ticket: self.ticket()) != nil)
    }

    @Test("without a key set nobody can be admitted", .timeLimit(.minutes(1)))
    func noKeys() throws {
      let refusal = self.refusal(try self.host(hasKeys: false), self.player, ticket: self.ticket())
      #expect(refusal?.code == .notAllowed && refusal?.text.contains("no connection to its indexer") == true)
    }

    @Test("a host that takes direct players keeps seats that are spoken for", .timeLimit(.minutes(1)))
    func direct() async throws {
      let host = try self.host(allowsDirect: true)
      let session = SessionID(high: 7, low: 1)
      host.server.prepare(SessionPreparation(session: session, picture: nil, startBy: self.now + 30))
      #expect(await host.eventually { $0.server.occupancy.keptStages == 1 }, "a stage is prepared for the session")
      #expect(host.server.occupancy.warmStages == 0, "it is nobody else's")
      #expect(self.refusal(host, TestPlayer(), ticket: [])?.code == .noFreeSeat)
      let start = try #require(try self.player.ask(host, ticket: self.ticket()))
      #expect(start.firstPacketAfter < .milliseconds(150))

      let open = try self.host(allowsDirect: true)
      #expect(try TestPlayer().ask(open) != nil)
      #expect(await open.eventually { $0.server.occupancy.freeSeats == 0 && $0.server.occupancy.sessions.isEmpty })
    }
  }
}
