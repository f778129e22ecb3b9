import Glibc
import MediaUnits
import SessionReport

/// Whether the machine that measures keeps up: how late its timers are, and how busy its network thread is.
struct MachineLoad {
  /// Late timers, and datagrams left lying, that say that the figures tell of this machine, not of the network.
  static let worryingLateness: Int64 = 2_000_000
  static let worryingShare = 0.8

  private(set) var lateness = LatencyHistogram()
  private(set) var workNanoseconds: Int64 = 0
  private let processorAtStart = MachineLoad.processorSeconds

  mutating func timerFired(late: Duration) { self.lateness.record(nanoseconds: late.wholeNanoseconds) }

  mutating func worked(from start: Instant, to end: Instant) {
    self.workNanoseconds += (end - start).wholeNanoseconds
  }

  /// The part of the run in which the thread had something to do, 0 ... 1.
  func busyShare(of duration: Duration) -> Double {
    Double(self.workNanoseconds) / Double(max(1, duration.wholeNanoseconds))
  }

  /// Processor time that the process used, in cores.
  func processorCores(of duration: Duration) -> Double {
    (Self.processorSeconds - self.processorAtStart) / max(1e-9, duration.inSeconds)
  }

  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
