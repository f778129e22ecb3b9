import Testing

@testable import LoadTest

@Suite("The progress of a load test")
struct LoadProgressTests {
  @Test("is one line that is never wider than the terminal, the most telling first", arguments: [20, 60, 79, 200])
  func width(columns: Int) {
    var progress = LoadProgress(second: 7, seconds: 60)
    (progress.waiting, progress.asking, progress.playing, progress.failed) = (3, 1, 40, 2)
    (progress.frames, progress.late, progress.missing) = (2400, 5, 1)
    (progress.median, progress.p99, progress.bitsPerSecond, progress.busyShare) = (
      1_240_000, 9_870_000, 350_000_000, 0.123
    )
    let whole =
      "7/60 s · 40 playing · 3 to come · 1 asking · 2 failed · 60 fps each · 1.2 ms, p99 9.9 · 5 late, 1 missing · "
      + "350 Mbit/s · thread 12 % busy"
    let text = progress.text(width: columns)
    #expect(text.count <= columns && whole.hasPrefix(text))
    #expect(text.hasPrefix("7/60 s"))
    #expect((text == whole) == (whole.count <= columns))
  }
}
