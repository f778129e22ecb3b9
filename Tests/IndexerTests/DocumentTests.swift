import Foundation
import Testing

@testable import Indexer

@Suite("The document of the API")
struct DocumentTests {
  @Test("that is served is Protocol/openapi.yaml")
  func same() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    let file = try String(contentsOf: root.appendingPathComponent("Protocol/openapi.yaml"), encoding: .utf8)
    #expect(OpenAPIDocument.text == file)
  }
}
