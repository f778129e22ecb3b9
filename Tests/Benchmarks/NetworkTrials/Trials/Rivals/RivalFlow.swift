internal import MediaUnits

/// A rival's sender and receiver.
final class RivalFlow: PictureFlow {
  private let index: Int
  private(set) var sender: RivalSender
  private var receiver: RivalReceiver
  private(set) var record = PictureRecord()
  private var drawnCount: Int

  /// - Parameters:
  ///   - index: of the flow on its path.
  ///   - control: decides its rate.
  ///   - fixedRate: of its pictures, where nothing decides.
  ///   - repair: how it recovers from loss.
  ///   - start: the frame that it begins with.
  init(
    index: Int,
    control: GCCControl? = nil,
    fixedRate: Bitrate = .megabits(10),
    repair: RivalRepair,
    start: Int = 0,
    seed: UInt64
  ) {
    self.index = index
    self.sender = RivalSender(control, fixedRate: fixedRate, parityShare: repair.parityShare, seed: seed)
    self.receiver = RivalReceiver(asks: repair.asks)
    self.drawnCount = start
  }

  private var nextFrameAt: Instant { EncoderModel.time(of: self.drawnCount) }

  var deadline: Instant { min(self.nextFrameAt, self.sender.deadline, self.receiver.deadline) }

  func receive(_ packet: TrialPacket, now: Instant) {
    guard case .rival(let packet) = packet.body else { return }
    self.receiver.receive(packet, now: now) { number, byteCount in
      self.record.show(number, byteCount: byteCount, now: now)
    }
  }

  func receiveAnswer(_ packet: TrialPacket, now: Instant) {
    guard case .answer(let answer) = packet.body else { return }
    self.sender.receive(answer, now: now)
    self.receiver.roundTrip = self.sender.roundTrip
  }

  func advance(now: Instant, _ send: (TrialPacket, _ isForward: Bool) -> Void) {
    if self.nextFrameAt <= now {
      self.drawnCount += 1
      _ = self.record.capture(now: now)
      self.sender.drawFrame(now: now)
    }
    let index = self.index
    self.sender.poll(now: now) { packet, role in
      let byteCount = RivalPacer.byteCount(of: packet)
      send(TrialPacket(flow: index, byteCount: byteCount, role: role, body: .rival(packet)), true)
    }
    self.receiver.poll(now: now) { answer in
      send(TrialPacket(flow: index, byteCount: 100, role: .control, body: .answer(answer)), false)
    }
  }
}

/// How a rival recovers from loss.
struct RivalRepair: Hashable, Sendable {
  /// Parity packets for each part of a frame.
  var parityShare: Double
  /// Whether parts are asked for again.
  var asks: Bool

  static let none = RivalRepair(parityShare: 0, asks: false)
  static let requests = RivalRepair(parityShare: 0, asks: true)
  static func reedSolomon(_ share: Double) -> RivalRepair { RivalRepair(parityShare: share, asks: false) }
}
