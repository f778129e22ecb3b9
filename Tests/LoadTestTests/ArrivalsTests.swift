import LoadTest
import Testing

@Suite("When players of a load test start")
struct ArrivalsTests {
  @Test("the same seed gives the same starts, another gives others")
  func seeds() {
    let first = Arrivals.poisson.offsets(count: 50, ramp: .seconds(10), seed: 7)
    #expect(first == Arrivals.poisson.offsets(count: 50, ramp: .seconds(10), seed: 7))
    #expect(first != Arrivals.poisson.offsets(count: 50, ramp: .seconds(10), seed: 8))
    #expect(first == first.sorted() && first[0] == .zero)
  }

  @Test("random starts come at the wanted rate")
  func rate() {
    let starts = Arrivals.poisson.offsets(count: 10_000, ramp: .seconds(100), seed: 1)
    #expect((.seconds(95)...(.seconds(105))).contains(starts[9_999]))
  }

  @Test("equal gaps are equal, and all at once is at once")
  func regular() {
    let even = Arrivals.uniform.offsets(count: 4, ramp: .seconds(2), seed: 1)
    #expect(even == [.zero, .milliseconds(500), .seconds(1), .milliseconds(1500)])
    #expect(Arrivals.allAtOnce.offsets(count: 3, ramp: .seconds(2), seed: 1) == [.zero, .zero, .zero])
  }
}
