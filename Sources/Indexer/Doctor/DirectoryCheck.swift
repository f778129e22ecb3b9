import Foundation
import Glibc

/// Whether a directory can hold an indexer's database, and how fast its disk is.
struct DirectoryCheck {
  private static let writeCount = 20
  private static let warnBelowMegabytes = 1_024
  private static let failBelowMegabytes = 64

  let path: String

  func findings() -> [DoctorFinding] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: self.path, isDirectory: &isDirectory) else {
      let parent = URL(fileURLWithPath: self.path).deletingLastPathComponent().path
      guard access(parent, W_OK) == 0 else {
        return [
          DoctorFinding(
            "storage",
            .fail,
            "\(self.path) does not exist and cannot be made: \(String(cString: strerror(errno)))",
            advice: "Make it, and give it to the user that runs the indexer."
          )
        ]
      }
      return [DoctorFinding("storage", .ok, "\(self.path) does not exist yet; the indexer makes it")]
    }
    guard isDirectory.boolValue, access(self.path, R_OK | W_OK | X_OK) == 0 else {
      return [
        DoctorFinding(
          "storage",
          .fail,
          "\(self.path) cannot be read and written",
          advice: "Give a directory that belongs to the user that runs the indexer."
        )
      ]
    }
    return [self.database(), self.space(), self.speed()]
  }

  private func database() -> DoctorFinding {
    let file = "\(self.path)/network.sqlite"
    guard let handle = FileHandle(forReadingAtPath: file) else {
      return DoctorFinding("storage", .ok, "\(self.path) holds no database yet")
    }
    defer { try? handle.close() }
    let header = (try? handle.read(upToCount: 16)) ?? nil
    guard let header, header.isEmpty || header == Data("SQLite format 3\0".utf8) else {
      return DoctorFinding(
        "storage",
        .fail,
        "\(file) is no SQLite database",
        advice: "Move it away, or give another directory with --data."
      )
    }
    let descriptor = open("\(self.path)/network.lock", O_RDWR | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    let isUsed = descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0
    return DoctorFinding("storage", .ok, "\(file) is a database\(isUsed ? ", in use by an indexer" : "")")
  }

  private func space() -> DoctorFinding {
    var statistics = statvfs()
    guard statvfs(self.path, &statistics) == 0 else {
      return DoctorFinding("storage", .warn, "free space cannot be told: \(String(cString: strerror(errno)))")
    }
    let megabytes = (Int(statistics.f_bavail) * Int(statistics.f_frsize)) >> 20
    let verdict: DoctorFinding.Verdict =
      megabytes < Self.failBelowMegabytes ? .fail : megabytes < Self.warnBelowMegabytes ? .warn : .ok
    return DoctorFinding(
      "storage",
      verdict,
      "\(megabytes) MB are free for it",
      advice: verdict == .ok ? nil : "Make room: without any, no seat can be given."
    )
  }

  /// Every seat that is given waits for one such write, shared with those given at the same time.
  private func speed() -> DoctorFinding {
    let name = "\(self.path)/.doctor-\(getpid())"
    let descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      return DoctorFinding(
        "storage",
        .fail,
        "a file cannot be made in \(self.path): \(String(cString: strerror(errno)))",
        advice: "Give the directory to the user that runs the indexer."
      )
    }
    defer {
      close(descriptor)
      unlink(name)
    }
    let block = [UInt8](repeating: 0x6D, count: 4_096)
    var times: [Duration] = []
    for _ in 0..<Self.writeCount {
      let start = ContinuousClock.now
      guard write(descriptor, block, block.count) == block.count, fdatasync(descriptor) == 0 else {
        return DoctorFinding(
          "storage",
          .fail,
          "writing to \(self.path) fails: \(String(cString: strerror(errno)))",
          advice: "Look at the disk and its file system."
        )
      }
      times.append(ContinuousClock.now - start)
    }
    var back = [UInt8](repeating: 0, count: block.count)
    guard pread(descriptor, &back, back.count, 0) == back.count, back == block else {
      return DoctorFinding(
        "storage",
        .fail,
        "what is written to \(self.path) does not come back",
        advice: "Replace the disk."
      )
    }
    times.sort()
    let (median, longest) = (times[times.count / 2], times[times.count - 1])
    let isSlow = median > .milliseconds(10)
    return DoctorFinding(
      "storage",
      isSlow ? .warn : .ok,
      "a durable write takes \(Self.text(median)), \(Self.text(longest)) at most of \(Self.writeCount)",
      advice: isSlow ? "Use a solid-state disk: every seat that is given waits for a write." : nil
    )
  }

  private static func text(_ duration: Duration) -> String {
    let microseconds = duration / .microseconds(1)
    return microseconds < 10_000
      ? "\(Int(microseconds.rounded())) µs" : "\(Int((microseconds / 1_000).rounded())) ms"
  }
}
