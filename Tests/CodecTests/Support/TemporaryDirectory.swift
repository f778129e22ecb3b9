import Foundation

/// A directory of its own for one test, removed when the test is done with it.
final class TemporaryDirectory {
  let url: URL

  init() throws {
    self.url = FileManager.default.temporaryDirectory.appending(path: "codec-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: self.url)
  }

  func path(_ name: String) -> String {
    self.url.appending(path: name).path(percentEncoded: false)
  }
}
