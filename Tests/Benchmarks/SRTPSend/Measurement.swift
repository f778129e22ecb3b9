import CAllocationCount
import CSRTP
import Glibc

/// What one run of a packet loop cost.
struct Measurement {
  let gigabitsPerSecond: Double
  let gigabitsPerProcessorSecond: Double
  /// Allocations that the loop's thread made.
  let allocationCount: Int
  /// By how much the process's allocated bytes changed.
  let allocatedByteChange: Int

  /// Runs `body`, which handles `packetCount` packets on this thread.
  init(packetCount: Int, _ body: () -> Void) {
    let bytes = shim_allocated_byte_count()
    let allocations = shim_allocation_count()
    let wall = Self.seconds(CLOCK_MONOTONIC)
    let processor = Self.seconds(CLOCK_THREAD_CPUTIME_ID)
    body()
    let processorSeconds = Self.seconds(CLOCK_THREAD_CPUTIME_ID) - processor
    let wallSeconds = Self.seconds(CLOCK_MONOTONIC) - wall
    self.allocationCount = shim_allocation_count() - allocations
    self.allocatedByteChange = Int(shim_allocated_byte_count()) - Int(bytes)
    let gigabits = Double(packetCount * PacketSource.protectedByteCount * 8) / 1e9
    self.gigabitsPerSecond = gigabits / wallSeconds
    self.gigabitsPerProcessorSecond = gigabits / processorSeconds
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
