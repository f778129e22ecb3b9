import MediaUnits
import NetworkSimulator
import SessionProtocol
import Testing
import Transport

@Suite("Intra refresh")
struct IntraRefreshTests {
  private static let path = LinkConditions(delay: .milliseconds(15))
  private static let size = PictureSize(width: 1280, height: 720)

  private static func terms(frameRate: Int = 60, _ codec: VideoCodec = .h264, hasRefresh: Bool = true) -> StreamTerms {
    StreamTerms(
      picture: Self.size,
      frameRate: frameRate,
      maximumBitrate: .megabits(10),
      audioPacketDuration: .milliseconds(10),
      codec: codec,
      hasIntraRefresh: hasRefresh
    )
  }

  private static func bounds(refreshable: Set<VideoCodec> = [.h264], always: Bool = false) -> TermsBounds {
    TermsBounds(
      size: Self.size,
      frameRate: 60,
      bitrate: .megabits(20),
      codecs: [.h264, .hevc],
      refreshable: refreshable,
      refreshesAlways: always
    )
  }

  private static func simulation(
    _ conditions: LinkConditions = path,
    seed: UInt64 = 1,
    frameRate: Int = 60,
    losing frames: Set<UInt16> = []
  ) -> SessionSimulation {
    let terms = (granted: Self.terms(frameRate: frameRate), bounds: Self.bounds())
    var simulation = SessionSimulation(conditions, seed: seed, terms: terms)
    simulation.losses.frames = frames
    return simulation
  }

  // Waves begin with frames 30, 60, 90 … and take 30.

  @Test(
    "a picture that is lost is shown again when the next whole wave is complete, without a key frame",
    arguments: [
      (lost: [100], shownAt: [149], hidden: 29),
      // The first frame of a wave is part of it.
      (lost: [120], shownAt: [179], hidden: 29),
      (lost: [119], shownAt: [149], hidden: 29),
      // Frame 121 breaks the wave that began with 120.
      (lost: [118, 121], shownAt: [179], hidden: 30),
      // In the wait for a wave nothing matters.
      (lost: [95, 100, 101, 110, 119], shownAt: [149], hidden: 29),
      (lost: [100, 200], shownAt: [149, 239], hidden: 58),
    ] as [(lost: Set<UInt16>, shownAt: [Int64], hidden: Int)]
  )
  func waits(lost: Set<UInt16>, shownAt: [Int64], hidden: Int) {
    var simulation = Self.simulation(losing: lost)
    simulation.run(for: .seconds(5))
    let report = simulation.report
    #expect(report.refreshedFrames == shownAt)
    #expect(report.framesHidden == hidden)
    #expect(report.wrongPictures == 0 && report.damagedFrames == 0)
    #expect(report.keyframesSent == 1)
    let statistics = simulation.player.statistics
    #expect(statistics.keyframeRequests == 0)
    #expect(statistics.refreshes == shownAt.count)
    #expect(report.longestGap < .milliseconds(1100), "\(report.longestGap)")
    #expect(report.stepsLeft > 0)
  }

  @Test("asks for a key frame at once when the wave is broken, too, and the next would be complete too late")
  func brokenWave() {
    var simulation = Self.simulation(losing: [92, 130])
    simulation.run(for: .seconds(4))
    let report = simulation.report
    #expect(report.refreshedFrames.isEmpty)
    #expect(report.keyframesSent == 2)
    #expect(report.wrongPictures == 0)
    // Given up about six frames after 130; a round trip, and a frame at most.
    #expect(report.longestGap < .milliseconds(950), "\(report.longestGap)")
  }

  @Test(
    "asks for a key frame at once where frames are too seldom for a wave to be complete soon",
    arguments: [(lost: 17, keyframes: 2, refreshed: []), (lost: 22, keyframes: 1, refreshed: [31])]
      as [(lost: UInt16, keyframes: Int, refreshed: [Int64])]
  )
  func seldomFrames(lost: UInt16, keyframes: Int, refreshed: [Int64]) {
    // Waves begin with frames 8, 16, 24 and so on.
    var simulation = Self.simulation(frameRate: 10, losing: [lost])
    simulation.run(for: .seconds(5))
    #expect(simulation.report.keyframesSent == keyframes)
    #expect(simulation.report.refreshedFrames == refreshed)
    #expect(simulation.report.wrongPictures == 0)
  }

  @Test("asks for a key frame when nothing more comes for two and a half periods")
  func nothingMore() {
    var simulation = Self.simulation(losing: [100])
    // Frame 106 is the last that is sent.
    simulation.run(for: .microseconds(1_775_000))
    simulation.run(for: .milliseconds(1100), isPlaying: false)
    var requests = simulation.player.statistics.keyframeRequests
    #expect(requests == 0)
    simulation.run(for: .milliseconds(400), isPlaying: false)
    requests = simulation.player.statistics.keyframeRequests
    #expect(requests > 0)
    simulation.run(for: .milliseconds(500))
    #expect(simulation.report.keyframesSent == 2)
    #expect(simulation.report.wrongPictures == 0)
  }

  @Test("an outage of two seconds is healed by a key frame", arguments: 1...8 as ClosedRange<UInt64>)
  func outage(seed: UInt64) {
    var simulation = Self.simulation(seed: seed)
    simulation.run(for: .seconds(2) + .microseconds(417) * Int(seed))
    let isBack = simulation.loseAll(for: .seconds(2), healingWithin: .milliseconds(200))
    #expect(isBack)
    simulation.run(for: .seconds(1))
    #expect(simulation.report.keyframesSent == 2)
    #expect(simulation.report.wrongPictures == 0)
  }

  @Test(
    "never shows a picture that is not whole, whatever is lost, and never lets one stand for long",
    arguments: [0.02, 0.1, 0.3],
    1...3 as ClosedRange<UInt64>
  )
  func randomLoss(loss: Double, seed: UInt64) {
    var simulation = Self.simulation(
      LinkConditions(delay: .milliseconds(15), jitter: .milliseconds(3), loss: loss),
      seed: seed
    )
    simulation.run(for: .seconds(10))
    let report = simulation.report
    #expect(report.wrongPictures == 0 && report.damagedFrames == 0)
    #expect(report.framesDecoded > (loss < 0.2 ? 300 : 10), "\(report.framesDecoded)")
    if loss < 0.2 { #expect(report.longestGap < .milliseconds(1700), "\(report.longestGap)") }
    #expect(report.stepsLeft > 0)
  }

  @Test("the host's trace has the wave that mends a loss, and no other")
  func trace() {
    var simulation = Self.simulation(losing: [100])
    simulation.host.trace = ControlTraceLog(capacity: 100_000)
    simulation.run(for: .seconds(5))
    var refreshedAt: [Instant] = []
    var frames: [Instant] = []
    _ = simulation.host.trace.take { record in
      switch record.event {
      case .frame: frames.append(record.at)
      case .repair(let repair) where repair.action == .refresh: refreshedAt.append(record.at)
      default: break
      }
    }
    #expect(refreshedAt == [frames[120]])
  }

  @Test("goes on as before where nothing is lost")
  func clean() {
    var simulation = Self.simulation()
    simulation.run(for: .seconds(10))
    #expect(simulation.report.framesHidden == 0)
    #expect(simulation.report.keyframesSent == 1)
    #expect(simulation.report.longestGap < .milliseconds(40))
  }

  // MARK: Terms

  private static func begin(
    wish: StreamTerms? = nil,
    bounds: TermsBounds
  ) -> SessionSimulation {
    SessionSimulation(Self.path, seed: 1, terms: (Self.terms(hasRefresh: false), bounds), wish: wish)
  }

  @Test("begins with the session where the player asks for it, or while it runs, and ends when it asks for that")
  func asked() {
    var first = Self.begin(wish: Self.terms(), bounds: Self.bounds())
    first.run(for: .seconds(1))
    #expect(first.seat?.terms == Self.terms())
    #expect(first.player.terms?.inForce == Self.terms())
    #expect(first.player.terms?.limit == TermsNotice.Limit.none)

    var later = Self.begin(bounds: Self.bounds())
    later.run(for: .seconds(1))
    later.player.wish(Self.terms(), now: later.now)
    later.run(for: .seconds(1))
    #expect(later.player.terms?.inForce == Self.terms())
    later.player.wish(Self.terms(frameRate: 30), now: later.now)
    later.run(for: .seconds(1))
    #expect(later.player.terms?.inForce == Self.terms(frameRate: 30))
    later.player.wish(Self.terms(hasRefresh: false), now: later.now)
    later.run(for: .seconds(1))
    #expect(later.player.terms?.inForce == Self.terms(hasRefresh: false))
    #expect(later.report.keyframesSent == 4)
    #expect(later.report.wrongPictures == 0 && later.report.brokenReferences == 0)
  }

  @Test("is there for every player where the host wants that, as far as its encoders go")
  func always() {
    var simulation = Self.begin(wish: Self.terms(hasRefresh: false), bounds: Self.bounds(always: true))
    simulation.run(for: .seconds(1))
    #expect(simulation.player.terms?.inForce == Self.terms())
    simulation.player.wish(Self.terms(.hevc, hasRefresh: false), now: simulation.now)
    simulation.run(for: .seconds(1))
    #expect(simulation.player.terms?.inForce == Self.terms(.hevc, hasRefresh: false))
    #expect(simulation.player.terms?.limit == TermsNotice.Limit.none)
  }

  @Test("a host that has none says so once, and goes on with key frames")
  func none() {
    var simulation = Self.begin(wish: Self.terms(), bounds: Self.bounds(refreshable: []))
    simulation.run(for: .seconds(2))
    let inForce = Self.terms(hasRefresh: false)
    let notice = TermsNotice(revision: 0, answered: 0, terms: inForce, limit: .host)
    #expect(simulation.report.playerEvents == [.wishAnswered(notice)])
    #expect(simulation.player.terms?.inForce == inForce)
    simulation.player.wish(Self.terms(), now: simulation.now)
    simulation.run(for: .seconds(1))
    #expect(simulation.player.terms?.isWaiting == false)
    #expect(simulation.player.terms?.limit == .host)
    #expect(simulation.report.keyframesSent == 1)
  }

  @Test("a host whose encoder does not open with it says so, and does the rest of what was asked for")
  func fails() {
    var simulation = Self.begin(bounds: Self.bounds())
    simulation.seat?.hasRefresh = false
    simulation.run(for: .seconds(1))
    simulation.player.wish(Self.terms(frameRate: 30), now: simulation.now)
    simulation.run(for: .seconds(2))
    #expect(simulation.player.terms?.inForce == Self.terms(frameRate: 30, hasRefresh: false))
    #expect(simulation.player.terms?.limit == .host)
    #expect(simulation.player.terms?.isWaiting == false)
  }
}
