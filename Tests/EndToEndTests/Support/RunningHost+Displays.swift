import Foundation
import Glibc
import Testing

extension RunningHost {
  /// The numbers of the displays that this host's stages had, by its log.
  var displayNumbers: [String] { self.log.matches(of: /runs: display :(\d+)/).map { String($0.1) } }

  /// Expects that nothing is left of the displays of this host's stages.
  ///
  /// Looks more than once: another test's server may have taken a number since, and just be ending itself.
  func expectNoAbandonedDisplays(sourceLocation: SourceLocation = #_sourceLocation) async {
    let isClean = await eventually(within: .seconds(5)) { self.abandonedDisplays.isEmpty }
    #expect(isClean, "\(self.abandonedDisplays)", sourceLocation: sourceLocation)
  }

  /// What is left in /tmp of displays that nobody serves any more.
  private var abandonedDisplays: [String] {
    self.displayNumbers.flatMap { ["/tmp/.X11-unix/X\($0)", "/tmp/.X\($0)-lock"] }.filter { path in
      guard FileManager.default.fileExists(atPath: path) else { return false }
      // Another server may have taken the number since.
      if path.hasSuffix("-lock") {
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)).map { kill($0, 0) != 0 } ?? false
      }
      return !Self.isServed(path)
    }
  }

  private static func isServed(_ path: String) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }
}
