import MediaUnits
import Testing

@testable import SRTPProtection

@Suite("Replay window")
struct ReplayWindowTests {
  @Test("agrees with a set of all used indices, over jumps short and long", arguments: [1, 2, 3] as [UInt64])
  func model(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var window = ReplayWindow(first: 5_000)
    var used: Set<UInt64> = [5_000]
    var newest: UInt64 = 5_000
    for step in 0..<20_000 {
      let ahead =
        step % 500 == 0 ? UInt64.random(in: 0...3_000, using: &random) : UInt64.random(in: 0...4, using: &random)
      let index = newest + ahead - UInt64.random(in: 0...1_100, using: &random) * (step % 2 == 0 ? 0 : 1)
      let expected: ReplayWindow.Standing =
        index <= newest && newest - index >= 1024 ? .tooOld : used.contains(index) ? .used : .new
      #expect(window.standing(of: index) == expected, "step \(step), index \(index)")
      guard expected == .new else { continue }
      window.use(index)
      used.insert(index)
      newest = max(newest, index)
    }
    #expect(newest > 10_000)
  }
}
