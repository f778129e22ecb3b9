import MediaUnits
import Testing

@testable import NetworkTrials

@Suite("A rival's receiver")
struct RivalReceiverTests {
  private func part(_ frame: Int, _ index: Int, isKeyframe: Bool = false) -> RivalPacket {
    let part = RivalPacket.Part(
      sequence: Int64(frame * 12 + index),
      frame: frame,
      index: index,
      sourceCount: 10,
      parityCount: 2,
      isKeyframe: isKeyframe || frame == 0,
      payloadByteCount: 1000
    )
    return RivalPacket(content: .part(part), transportSequence: Int64(frame * 12 + index))
  }

  @Test("parity stands in for as many parts as there is of it, and a key frame for more")
  func parity() {
    var receiver = RivalReceiver(asks: false)
    var shown: [Int] = []
    func receive(_ frame: Int, without lost: Set<Int>, isKeyframe: Bool = false) {
      for index in 0..<12 where !lost.contains(index) {
        receiver.receive(self.part(frame, index, isKeyframe: isKeyframe), now: .zero) { number, _ in
          shown.append(number)
        }
      }
    }
    func asksForKeyframe(_ milliseconds: Int) -> Bool {
      var asked = false
      receiver.poll(now: .zero + .milliseconds(milliseconds)) { if case .pictureLoss = $0 { asked = true } }
      return asked
    }
    receive(0, without: [3, 9])
    receive(1, without: [])
    #expect(shown == [0, 1])
    #expect(!asksForKeyframe(1000))
    receive(2, without: [0, 1, 11])
    receive(3, without: [])
    #expect(shown == [0, 1])
    #expect(asksForKeyframe(1001))
    receive(4, without: [], isKeyframe: true)
    receive(5, without: [10, 11])
    #expect(shown == [0, 1, 4, 5])
    #expect(!asksForKeyframe(2000))
  }

  @Test("what is missing is asked for at once, again each round trip, and ten times")
  func requests() {
    var receiver = RivalReceiver(asks: true)
    receiver.roundTrip = .milliseconds(20)
    var asked: [Int] = []
    var askedForKeyframeAt: Int?
    for index in 0..<10 where index != 4 { receiver.receive(self.part(0, index), now: .zero) { _, _ in } }
    for milliseconds in 0..<1000 {
      receiver.poll(now: .zero + .milliseconds(milliseconds)) { answer in
        switch answer {
        case .missing(let sequences):
          #expect(sequences == [4])
          asked.append(milliseconds)
        case .pictureLoss: askedForKeyframeAt = askedForKeyframeAt ?? milliseconds
        case .feedback: break
        }
      }
    }
    #expect(asked == (0..<10).map { $0 * 20 })
    #expect(askedForKeyframeAt == 200)
  }

  @Test("feedback tells every arrival once, and what did not arrive")
  func feedback() throws {
    var receiver = RivalReceiver(asks: true)
    var told: [RivalFeedback] = []
    for index in [0, 1, 3] { receiver.receive(self.part(0, index), now: .zero + .milliseconds(index)) { _, _ in } }
    receiver.poll(now: .zero + .milliseconds(50)) { if case .feedback(let feedback) = $0 { told.append(feedback) } }
    receiver.receive(self.part(0, 5), now: .zero + .milliseconds(60)) { _, _ in }
    receiver.poll(now: .zero + .milliseconds(99)) { if case .feedback(let feedback) = $0 { told.append(feedback) } }
    receiver.poll(now: .zero + .milliseconds(100)) { if case .feedback(let feedback) = $0 { told.append(feedback) } }
    try #require(told.count == 2)
    #expect(told[0].first == 0)
    #expect(told[0].arrivals == [0, 1, nil, 3].map { $0.map { .zero + .milliseconds($0) } })
    #expect(told[0].hold == .milliseconds(47))
    #expect(told[1].first == 4)
    #expect(told[1].arrivals == [nil, .zero + .milliseconds(60)])
  }
}
