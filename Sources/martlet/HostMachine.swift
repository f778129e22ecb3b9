import HostAgent
import IndexAPI
import Identity
import MediaUnits
import StreamHost

/// A host server, as its agent sees it.
struct HostMachine: HostedMachine {
  let server: HostServer

  var status: MachineStatus {
    let occupancy = self.server.occupancy
    return MachineStatus(
      freeSeats: occupancy.isDraining ? 0 : occupancy.freeSeats,
      sessions: occupancy.sessions,
      warmStages: occupancy.warmStages,
      isDraining: occupancy.isDraining
    )
  }

  func readEncoderLoad() -> Double { self.server.readEncoderLoad() }

  func takeEnded() -> [Heartbeat.Ended] {
    self.server.takeEnded().map { Heartbeat.Ended(session: $0.session, reason: $0.reason) }
  }

  func onChange(_ body: @escaping @Sendable () -> Void) { self.server.onChange(body) }

  func setKeys(_ keys: KeySet) { self.server.setKeys(keys) }

  func prepare(_ preparation: HostMessage.Preparation) {
    self.server.prepare(
      SessionPreparation(
        session: preparation.session,
        picture: preparation.picture.flatMap(PictureSize.init(argument:)),
        startBy: preparation.startBy
      )
    )
  }

  func release(_ session: SessionID) { self.server.release(session) }
}
