import MediaUnits
import Presentation
import SessionProtocol
import SessionReport
import Testing

@testable import LoadTest

@Suite("What players of a load test do")
struct PlayerScriptTests {
  private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

  @Test("is done at its time, over and over, from the first frame on")
  func timing() throws {
    var script = PlayerScript(try InputScript(parsing: "0.5 key a press\n1.5 key a release\n2 wait\n"))
    #expect(script.deadline == .distantFuture)
    script.begin(now: self.at(10))
    script.begin(now: self.at(11))
    #expect(script.deadline == self.at(10.5))
    var sent: [InputEvent] = []
    func poll(_ seconds: Double) {
      script.poll(now: self.at(seconds)) { event in
        sent.append(event)
        return UInt32(sent.count)
      }
    }
    poll(10.49)
    #expect(sent.isEmpty)
    poll(10.5)
    #expect(sent.count == 1 && script.deadline == self.at(11.5))
    poll(14)
    #expect(sent.count == 4, "the first pass ends at 12, the second at 14")
    #expect(script.deadline == self.at(14.5))
  }

  @Test("counts until a frame shows it, and for ever if none does")
  func shown() throws {
    var script = PlayerScript(try InputScript(parsing: "0 key a press\n0.1 key a release\n0.2 key b press\n"))
    var histogram = LatencyHistogram()
    var sequence: UInt32 = 0
    script.begin(now: .zero)
    script.poll(now: self.at(0.25)) { _ in
      sequence += 1
      return sequence
    }
    script.shown(0, at: self.at(0.26), in: &histogram)
    #expect(histogram.count == 0)
    script.shown(2, at: self.at(0.28), in: &histogram)
    #expect(histogram.count == 2 && histogram.maximumNanoseconds == 30_000_000)
    script.shown(2, at: self.at(0.30), in: &histogram)
    #expect(histogram.count == 2)
    script.finish(now: self.at(2), in: &histogram)
    #expect(histogram.missingCount == 1)
  }

  @Test("a script of one instant does not take all of the time")
  func instant() throws {
    var script = PlayerScript(try InputScript(parsing: "0 key a tap hold 0\n"))
    var count: UInt32 = 0
    script.begin(now: .zero)
    script.poll(now: self.at(3.5)) { _ in
      count += 1
      return count
    }
    #expect(count == 8)
  }
}
