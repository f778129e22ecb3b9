import MediaUnits
import NetworkSimulator
import SessionProtocol
import Testing
import Transport

@Suite("The picture follows the path")
struct PathChangeTests {
  private static func terms(_ width: Int, _ height: Int, _ frameRate: Int) -> StreamTerms {
    StreamTerms(
      picture: PictureSize(width: width, height: height),
      frameRate: frameRate,
      maximumBitrate: .megabits(20),
      audioPacketDuration: .milliseconds(10)
    )
  }

  /// A session whose frames are as large as they may be.
  private static func simulation(
    _ megabits: Double,
    granted: StreamTerms = terms(1280, 720, 60),
    loss: Double = 0,
    seed: UInt64 = 1
  ) -> SessionSimulation {
    let conditions = LinkConditions(delay: .milliseconds(15), loss: loss, rate: .megabits(megabits))
    let bounds = TermsBounds(
      size: granted.picture,
      frameRate: granted.frameRate,
      bitrate: .megabits(20),
      codecs: [.h264]
    )
    var simulation = SessionSimulation(conditions, seed: seed, terms: (granted, bounds), isPlanned: true)
    simulation.host.trace = ControlTraceLog(capacity: 200_000)
    return simulation
  }

  /// What the player was told, in order.
  private static func told(_ report: SessionSimulation.Report) -> [TermsNotice] {
    report.playerEvents.compactMap { event in
      if case .termsChanged(let notice) = event { notice } else { nil }
    }
  }

  private static func changes(_ simulation: inout SessionSimulation) -> [(at: Instant, change: ControlTrace.Change)] {
    var changes: [(Instant, ControlTrace.Change)] = []
    let droppedCount = simulation.host.trace.take { record in
      if case .change(let change) = record.event { changes.append((record.at, change)) }
    }
    #expect(droppedCount == 0)
    return changes
  }

  private func expectSound(_ report: SessionSimulation.Report, longestGap: Duration) {
    #expect(report.brokenReferences == 0)
    #expect(report.damagedFrames == 0)
    #expect(report.longestGap < longestGap, "\(report.longestGap)")
    #expect(report.stepsLeft > 0)
  }

  @Test(
    "down within seconds when the path narrows, and back up when it widens",
    arguments: 1...5 as ClosedRange<UInt64>
  )
  func fallsAndRises(seed: UInt64) throws {
    var simulation = Self.simulation(10, loss: seed == 1 ? 0 : 0.01, seed: seed)
    let start = simulation.now
    simulation.run(for: .seconds(5))
    #expect(Self.told(simulation.report).isEmpty, "nothing is wrong with ten megabits")
    simulation.down.conditions.rate = .megabits(1.5)
    simulation.run(for: .seconds(10))
    let down = Self.told(simulation.report)
    #expect(down.map(\.terms) == [Self.terms(640, 360, 60)])
    #expect(down.map(\.limit) == [.bitrate])
    simulation.down.conditions.rate = .megabits(10)
    simulation.run(for: .seconds(16))
    let told = Self.told(simulation.report)
    #expect(told.map(\.terms.picture.width) == [640, 960, 1280])
    #expect(told.last?.limit == TermsNotice.Limit.none)
    #expect(simulation.seat?.terms == Self.terms(1280, 720, 60))
    self.expectSound(simulation.report, longestGap: .milliseconds(500))

    let changes = Self.changes(&simulation)
    #expect(changes.map(\.change.phase) == [.begin, .done, .begin, .done, .begin, .done])
    #expect(changes.allSatisfy { $0.change.reason == .path })
    let first = try #require(changes.first)
    // The rate control needs a moment, and the ladder a second.
    #expect(.seconds(6) ... .milliseconds(7500) ~= first.at - start, "\(first.at - start)")
    #expect(first.change.carried.map { 0.9...1.8 ~= $0.megabits } ?? false, "\(first.change)")
    #expect(first.change.picture == PictureSize(width: 640, height: 360))
  }

  @Test("a picture that gets along with little stays as it is, however little the path is asked for")
  func still() {
    for megabits in [1.5, 100] {
      var simulation = Self.simulation(megabits, granted: Self.terms(1920, 1080, 60))
      simulation.largestFrameByteCount = 900
      simulation.run(for: .seconds(20))
      #expect(Self.told(simulation.report).isEmpty)
      let changes = Self.changes(&simulation)
      #expect(changes.isEmpty)
    }
  }

  @Test("a large picture comes back though it does not need what the path carries by then")
  func returnsToStillness() {
    var simulation = Self.simulation(10)
    simulation.run(for: .seconds(2))
    simulation.down.conditions.rate = .megabits(1.5)
    simulation.run(for: .seconds(6))
    #expect(simulation.seat?.terms == Self.terms(640, 360, 60))
    simulation.down.conditions.rate = .megabits(10)
    simulation.run(for: .milliseconds(500))
    simulation.largestFrameByteCount = 1500
    simulation.run(for: .seconds(16))
    #expect(simulation.seat?.terms == Self.terms(1280, 720, 60))
  }

  @Test("an outage is no reason for another picture", arguments: [300, 1000, 3000])
  func outage(milliseconds: Int) {
    var simulation = Self.simulation(10)
    simulation.run(for: .seconds(5))
    let heals = simulation.loseAll(for: .milliseconds(milliseconds), healingWithin: .seconds(5))
    #expect(heals)
    #expect(Self.told(simulation.report).isEmpty)
  }

  @Test("a steady path sees few changes, whatever it carries", arguments: [0.8, 1.2, 1.7, 2.2, 2.7, 3.2, 4])
  func steady(megabits: Double) {
    var simulation = Self.simulation(megabits)
    simulation.run(for: .seconds(30))
    let told = Self.told(simulation.report)
    #expect(told.count <= 3, "\(told.map(\.terms.summary))")
    #expect(zip(told, told.dropFirst()).allSatisfy { $1.terms.picture.width <= $0.terms.picture.width })
    // What is needed for what is shown in the end, or little less.
    let width = simulation.seat?.terms.picture.width ?? 0
    let widest = megabits > 3.5 ? 1280...1280 : megabits > 2.5 ? 960...1280 : megabits > 1.5 ? 640...960 : 320...640
    #expect(widest.contains(width), "\(width)")
    self.expectSound(simulation.report, longestGap: .seconds(1))
  }

  @Test("a path far too narrow is met within two seconds of the session")
  func emergency() throws {
    var simulation = Self.simulation(1)
    let start = simulation.now
    simulation.run(for: .seconds(5))
    let changes = Self.changes(&simulation)
    let first = try #require(changes.first)
    #expect(first.at - start < .milliseconds(2200), "\(first.at - start)")
    #expect(simulation.seat?.terms.picture.width ?? .max <= 640)
  }

  @Test(
    "a fall to less than the least rate stops the picture for a moment only, and what comes back is made use of",
    arguments: 1...4 as ClosedRange<UInt64>
  )
  func deepFall(seed: UInt64) {
    var simulation = Self.simulation(10, granted: Self.terms(640, 400, 60), seed: seed)
    simulation.run(for: .seconds(3))
    simulation.down.conditions.rate = .megabits(0.6)
    simulation.run(for: .seconds(3))
    let before = simulation.report.framesDecoded
    simulation.run(for: .seconds(5))
    // Sound and its copies take most of it.
    #expect(simulation.report.framesDecoded - before > 25)
    simulation.down.conditions.rate = .megabits(10)
    simulation.run(for: .seconds(6))
    let back = simulation.report.framesDecoded
    simulation.run(for: .seconds(2))
    #expect(simulation.report.framesDecoded - back > 110, "\(simulation.report.framesDecoded - back) in two seconds")
    self.expectSound(simulation.report, longestGap: .seconds(2))
  }

  @Test("the same packets and times make the same changes")
  func deterministic() {
    func run() -> [HostSession.Event] {
      var simulation = Self.simulation(4, loss: 0.02, seed: 9)
      var events: [HostSession.Event] = []
      for megabits in [1.0, 6, 0.7, 10] {
        simulation.down.conditions.rate = .megabits(megabits)
        simulation.run(for: .seconds(8))
      }
      events = simulation.report.hostEvents
      for (_, change) in Self.changes(&simulation) { events.append(.ended(.goodbye("\(change)"))) }
      return events
    }
    let first = run()
    #expect(first.count > 4)
    #expect(first == run())
  }

  @Test("a wish that comes on a new path is not granted by what the old one carried")
  func wishOnNewPath() {
    let bounds = TermsBounds(
      size: PictureSize(width: 1280, height: 720),
      frameRate: 60,
      bitrate: .megabits(20),
      codecs: [.h264]
    )
    var simulation = SessionSimulation(
      LinkConditions(delay: .milliseconds(15), rate: .megabits(10)),
      seed: 1,
      terms: (Self.terms(640, 360, 60), bounds),
      isPlanned: true
    )
    simulation.run(for: .seconds(5))
    simulation.down.conditions.rate = .megabits(1)
    simulation.host.pathChanged(now: simulation.now)
    simulation.player.wish(Self.terms(1280, 720, 60), now: simulation.now)
    // Nothing is read of a path in its first second.
    simulation.run(for: .milliseconds(900))
    #expect(simulation.seat?.openedCount == 0)
    simulation.run(for: .seconds(5))
    #expect(simulation.seat?.terms.picture.width ?? .max < 1280)
    simulation.down.conditions.rate = .megabits(10)
    simulation.run(for: .seconds(16))
    #expect(simulation.seat?.terms == Self.terms(1280, 720, 60))
  }

  @Test("what the player wishes for is lowered to what the path is known to carry")
  func wish() {
    var simulation = Self.simulation(1.5)
    simulation.run(for: .seconds(8))
    #expect(simulation.seat?.terms == Self.terms(640, 360, 60))
    simulation.player.wish(Self.terms(960, 540, 30), now: simulation.now)
    simulation.run(for: .seconds(3))
    #expect(simulation.player.terms?.isWaiting == false)
    #expect(simulation.seat?.terms.frameRate == 30)
    simulation.player.wish(Self.terms(320, 180, 60), now: simulation.now)
    simulation.run(for: .seconds(3))
    #expect(simulation.seat?.terms == Self.terms(320, 180, 60))
    #expect(simulation.player.terms?.limit == TermsNotice.Limit.none)
  }
}
