import LoadTest
import Testing

@Suite("What people would say of a stream")
struct OpinionTests {
  private func opinion(
    megabits: Double = 20,
    delay: Double = 0,
    loss: Double = 0,
    rate: Double = 60,
    height: Int = 1080
  ) -> Opinion {
    Opinion(
      width: height * 16 / 9,
      height: height,
      megabits: megabits,
      framesPerSecond: rate,
      delayMilliseconds: delay,
      frameLossPercent: loss
    )
  }

  /// Computed apart from this code, from the recommendation's formula.
  @Test(
    "agrees with ITU-T G.1072 at 1080p60",
    arguments: [
      (20, [4.48, 4.41, 4.36, 4.26, 3.92]), (30, [4.55, 4.49, 4.46, 4.37, 4.06]), (50, [4.58, 4.53, 4.50, 4.42, 4.13]),
    ] as [(Double, [Double])]
  )
  func recommendation(megabits: Double, scores: [Double]) {
    for (delay, score) in zip([0.0, 20, 30, 50, 100], scores) {
      let opinion = self.opinion(megabits: megabits, delay: delay)
      #expect(abs(opinion.score - score) < 0.0051, "\(delay) ms: \(opinion.score)")
      #expect(opinion.isValid)
    }
  }

  @Test("missing frames and a low rate make it worse")
  func worse() {
    #expect(self.opinion(loss: 1).score < self.opinion(loss: 0.1).score)
    #expect(self.opinion(loss: 0.1).score < self.opinion().score)
    #expect(self.opinion(rate: 25).score < self.opinion(rate: 60).score)
    #expect(self.opinion(megabits: 2).score < self.opinion().score)
    #expect(self.opinion(delay: 400, loss: 50).score >= 1.3)
  }

  @Test("says where the model does not hold")
  func validity() {
    #expect(!self.opinion(megabits: 60).isValid && !self.opinion(megabits: 0.1).isValid)
    #expect(!self.opinion(rate: 120).isValid && !self.opinion(rate: 5).isValid)
    #expect(!self.opinion(delay: 500).isValid && !self.opinion(height: 2160).isValid)
    #expect(self.opinion(megabits: 60).text.contains("outside") && !self.opinion().text.contains("outside"))
  }
}
