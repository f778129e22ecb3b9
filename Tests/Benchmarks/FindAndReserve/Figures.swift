import Glibc
import MediaUnits

/// Nanoseconds of each operation, and what is said of them.
struct Figures {
  private var nanoseconds: [UInt32] = []

  init(capacity: Int) { self.nanoseconds.reserveCapacity(capacity) }

  var count: Int { self.nanoseconds.count }

  mutating func add(_ duration: Int64) { self.nanoseconds.append(UInt32(clamping: duration)) }

  /// Microseconds below which `fraction` of the operations are.
  func percentiles(_ fractions: [Double]) -> [Double] {
    guard !self.nanoseconds.isEmpty else { return fractions.map { _ in .nan } }
    let sorted = self.nanoseconds.sorted()
    return fractions.map { Double(sorted[min(sorted.count - 1, Int($0 * Double(sorted.count)))]) / 1_000 }
  }
}

func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// One line of JSON on standard output for the driver.
func report(_ row: [(String, String)]) {
  print("{" + row.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}")
}

func text(_ value: Double) -> String { value.isNaN ? "null" : "\((value * 1_000).rounded() / 1_000)" }
