import Foundation
import Glibc

/// Whether this machine's clocks can be trusted: tickets and signed requests carry times.
struct ClockCheck {
  /// 1 January 2026; a clock before it was never set.
  private static let leastUnixSeconds: Int64 = 1_767_225_600

  func findings() -> [DoctorFinding] {
    [self.pace(), self.synchronisation()]
  }

  private func pace() -> DoctorFinding {
    let clocks = (IndexClock.system.unixMilliseconds(), ContinuousClock.now)
    guard clocks.0 / 1_000 >= Self.leastUnixSeconds else {
      return DoctorFinding("clock", .fail, "the clock shows a date long past", advice: "Set it, best by NTP.")
    }
    usleep(200_000)
    let wall = Double(IndexClock.system.unixMilliseconds() - clocks.0)
    let elapsed = (ContinuousClock.now - clocks.1) / .milliseconds(1)
    guard abs(wall - elapsed) < 20 else {
      return DoctorFinding(
        "clock",
        .warn,
        "the clock was set by \(Int((wall - elapsed).rounded())) ms while looked at",
        advice: "Let NTP slew the clock instead of setting it."
      )
    }
    return DoctorFinding("clock", .ok, "the clock and the monotonic clock go at one pace")
  }

  private func synchronisation() -> DoctorFinding {
    switch Self.isSynchronised() {
    case true?: DoctorFinding("clock", .ok, "the clock is synchronised")
    case false?:
      DoctorFinding(
        "clock",
        .warn,
        "the clock is not synchronised",
        advice: "Run systemd-timesyncd or chrony: requests more than 30 s off are refused."
      )
    case nil: DoctorFinding("clock", .ok, "whether the clock is synchronised cannot be told on this machine")
    }
  }

  /// `nil` where systemd does not tell.
  private static func isSynchronised() -> Bool? {
    let program = Process()
    program.executableURL = URL(fileURLWithPath: "/usr/bin/timedatectl")
    program.arguments = ["show", "--property=NTPSynchronized", "--value"]
    let output = Pipe()
    program.standardOutput = output
    program.standardError = FileHandle.nullDevice
    guard (try? program.run()) != nil else { return nil }
    let text = (try? output.fileHandleForReading.readToEnd()) ?? nil
    program.waitUntilExit()
    switch text.map({ String(decoding: $0, as: UTF8.self) }) {
    case "yes\n": return true
    case "no\n": return false
    default: return nil
    }
  }
}
