import MediaUnits
import Testing

@testable import StreamHost

@Suite("The stock of warm stages")
struct WarmStockTests {
  private let start = Instant(nanoseconds: 1_000_000_000)

  @Test("fills up one stage at a time, never beyond the free seats")
  func filling() {
    let stock = WarmStock(wanted: 2, delay: .seconds(2))
    func shouldStart(_ standing: Int, isStarting: Bool = false, freeSeats: Int = 4) -> Bool {
      stock.shouldStart(standing: standing, isStarting: isStarting, freeSeats: freeSeats, now: self.start)
    }
    #expect(shouldStart(0))
    #expect(!shouldStart(1, isStarting: true))
    #expect(shouldStart(1))
    #expect(!shouldStart(2))
    #expect(!shouldStart(1, freeSeats: 1))
    #expect(!shouldStart(0, freeSeats: 0))
  }

  @Test("leaves a session that starts alone for a while")
  func delay() {
    var stock = WarmStock(wanted: 1, delay: .seconds(2))
    stock.sessionStarted(now: self.start)
    let deadline = self.start + .seconds(2)
    #expect(stock.deadline(standing: 0, isStarting: false, freeSeats: 1) == deadline)
    #expect(!stock.shouldStart(standing: 0, isStarting: false, freeSeats: 1, now: deadline - .nanoseconds(1)))
    #expect(stock.shouldStart(standing: 0, isStarting: false, freeSeats: 1, now: deadline))
  }

  @Test("holds back longer after each failure, up to a minute, and forgets after a success")
  func backoff() {
    var stock = WarmStock(wanted: 1, delay: .zero)
    let backoffs = (0..<9).map { _ in stock.failed(after: .seconds(1), now: self.start) }
    #expect(backoffs.map { $0 / .milliseconds(500) } == [1, 2, 4, 8, 16, 32, 64, 120, 120])
    #expect(stock.nextStart == self.start + .seconds(60))
    stock.succeeded()
    let backoff = stock.failed(after: .seconds(1), now: self.start)
    #expect(backoff == .milliseconds(500))
  }

  @Test("a stage that stood for an hour was no failed start")
  func lifetime() {
    var stock = WarmStock(wanted: 1, delay: .zero)
    for _ in 0..<5 { stock.failed(after: .seconds(1), now: self.start) }
    let backoff = stock.failed(after: .seconds(3600), now: self.start)
    #expect(backoff == .milliseconds(500))
  }
}
