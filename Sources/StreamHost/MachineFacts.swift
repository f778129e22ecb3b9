import Foundation

/// What this machine is made of, as Linux tells.
struct MachineFacts: Hashable {
  var processor: String
  var cores: Int
  var memoryMegabytes: Int
  /// The graphics processor's name; `nil` for none that can encode.
  var gpu: String?

  static func read() -> MachineFacts {
    MachineFacts(
      processor: Self.field("model name", of: "/proc/cpuinfo") ?? "unknown",
      cores: ProcessInfo.processInfo.activeProcessorCount,
      memoryMegabytes: Int(ProcessInfo.processInfo.physicalMemory >> 20),
      gpu: Self.nvidia ?? Self.other
    )
  }

  /// The driver's own word.
  private static var nvidia: String? {
    let root = "/proc/driver/nvidia/gpus"
    let devices = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return devices.sorted().lazy.compactMap { Self.field("Model", of: "\(root)/\($0)/information") }.first
  }

  /// A card of a maker whose cards encode, by its numbers.
  private static var other: String? {
    let makers = ["0x1002": "AMD", "0x8086": "Intel", "0x10de": "NVIDIA"]
    let root = "/sys/class/drm"
    let cards = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return cards.filter { $0.hasPrefix("card") && !$0.contains("-") }.sorted().lazy.compactMap { card -> String? in
      guard let vendor = Self.text("\(root)/\(card)/device/vendor"), let maker = makers[vendor] else { return nil }
      return "\(maker) \(Self.text("\(root)/\(card)/device/device") ?? "")".trimmingCharacters(in: .whitespaces)
    }.first
  }

  private static func field(_ name: String, of path: String) -> String? {
    // Files of /proc have no size, so they are read to their end.
    guard let bytes = FileHandle(forReadingAtPath: path).flatMap({ (try? $0.readToEnd()) ?? nil }) else { return nil }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name {
        return parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }

  private static func text(_ path: String) -> String? {
    (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
