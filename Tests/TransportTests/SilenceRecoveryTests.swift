import MediaUnits
import NetworkSimulator
import Octets
import RTP
import Testing
import Transport

@Suite("The end of a silence")
struct SilenceRecoveryTests {
  @Test("asks for a key frame also where a packet that is sent again is the first to come")
  func retransmissionFirst() throws {
    var simulation = SessionSimulation(LinkConditions(delay: .milliseconds(15)), seed: 1)
    simulation.run(for: .seconds(1))
    simulation.run(for: .milliseconds(400), isPlaying: false)
    // More is lost than is worth repairing after so long.
    for _ in 0..<7 { simulation.drawLoneFrame() }
    let lost = simulation.pollHost(at: simulation.now).filter { $0.payloadType == .video }
    #expect(lost.count == 21)
    let number = try #require(lost.last?.sequenceNumber)
    let now = simulation.now + .milliseconds(5)
    simulation.request([number], at: now)
    var repeats: [[UInt8]] = []
    simulation.host.poll(now: now) { packet, kind in
      if kind == .rtp { repeats.append(packet.copied) }
    }
    #expect(repeats.count == 1)
    for packet in repeats { simulation.player.handle(rtp: packet.octets, now: now) }
    var isAsked = false
    simulation.player.poll(now: now) { packet, kind in
      guard kind == .rtcp else { return }
      var reader = RTCPReader(packet)
      while let part = try? reader.next(in: packet) {
        if case .pictureLossIndication = part { isAsked = true }
      }
    }
    #expect(isAsked)
  }
}
