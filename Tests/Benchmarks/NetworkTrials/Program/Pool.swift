internal import Foundation

/// Runs many things, some at a time, and says how far it is.
struct Pool: Sendable {
  let count: Int

  init(count: Int) {
    self.count = count > 0 ? count : ProcessInfo.processInfo.activeProcessorCount
  }

  /// - Parameters:
  ///   - what: they are, for people.
  ///   - items: the longest first, so that none is left over at the end.
  /// - Returns: the results in the order of `items`.
  func map<Item: Sendable, Value: Sendable>(
    _ what: String,
    _ items: [Item],
    _ work: @escaping @Sendable (Item) -> Value
  ) async -> [Value] {
    await withTaskGroup(of: (Int, Value).self) { group in
      var results = [Value?](repeating: nil, count: items.count)
      var (next, done) = (0, 0)
      var progress = Progress(what, of: items.count)
      func start() {
        guard next < items.count else { return }
        let (index, item) = (next, items[next])
        group.addTask { (index, work(item)) }
        next += 1
      }
      for _ in 0..<self.count { start() }
      for await (index, value) in group {
        results[index] = value
        done += 1
        progress.advance(to: done)
        start()
      }
      return results.compactMap(\.self)
    }
  }
}

/// Lines on standard error, not more than one in some seconds.
struct Progress {
  private let what: String
  private let count: Int
  private let start = Date()
  private var saidAt = Date.distantPast

  init(_ what: String, of count: Int) {
    self.what = what
    self.count = count
    Self.say("\(what): \(count) runs")
  }

  mutating func advance(to done: Int) {
    guard Date().timeIntervalSince(self.saidAt) >= 5 || done == self.count else { return }
    self.saidAt = Date()
    Self.say("\(self.what): \(done) of \(self.count) runs, \(Int(-self.start.timeIntervalSinceNow)) s")
  }

  static func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
