import Foundation
import Testing

/// What this machine must have for a test to say anything.
enum Requirements {
  /// The `martlet` program that was built beside the tests.
  static let martlet: String? = {
    let folders = [Bundle.main.bundlePath, URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path]
    let candidates = folders.flatMap { [$0, ($0 as NSString).deletingLastPathComponent].map { "\($0)/martlet" } }
    return candidates.first { path in
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
    }
  }()

  /// The folder with Package.swift.
  static let checkout = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/").dropFirst()

  /// Where a program is installed; `nil` if it is not.
  static func program(_ name: String) -> String? {
    ["/usr/bin", "/usr/games", "/usr/local/bin"].map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  static func has(_ programs: String...) -> Bool {
    self.martlet != nil && programs.allSatisfy { self.program($0) != nil }
  }

  /// Whether a stage can be set up.
  static var hasStage: Bool { self.has("Xvfb", "pulseaudio") }
  /// Whether Freedoom can be played on one.
  static var hasFreedoom: Bool {
    self.hasStage && self.has("chocolate-doom")
      && FileManager.default.isReadableFile(atPath: "/usr/share/games/doom/freedoom1.wad")
  }

  static let stageComment: Comment = "needs the built martlet program, Xvfb and pulseaudio"
  static let freedoomComment: Comment = "needs the built martlet program, Xvfb, pulseaudio, chocolate-doom and freedoom"
}
