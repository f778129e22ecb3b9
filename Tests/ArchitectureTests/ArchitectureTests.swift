import Testing

/// Rules that a reviewer would otherwise have to remember.
@Suite("Architecture")
struct ArchitectureTests {
  /// Ambient time, chance and I/O, and the ways round the compiler.
  private static let forbiddenInCore = [
    "ContinuousClock", "SuspendingClock", "Task {", "Task.sleep", "Task.detached", " async ", "await ",
    "SystemRandomNumberGenerator", "@unchecked Sendable", "nonisolated(unsafe)", "print(", "readLine(", "CommandLine",
    "try!", "as!", "fatalError(",
  ]

  /// Chance whose source is not named.
  private static let ambientChance = [".random(in:", ".random()", ".shuffled()", ".shuffle()", ".randomElement()"]

  /// Forbidden in every module of ours.
  private static let forbiddenEverywhere = ["TODO", "FIXME", "NSLock", "DispatchQueue.global"]

  @Test("the core is pure", arguments: Layers.core)
  func corePurity(module: String) throws {
    for line in try SourceTree.code(of: module) {
      for phrase in Self.violations(of: line) where !Layers.mayWait(module, with: phrase) {
        Issue.record("\(line.file):\(line.number) uses ‘\(phrase)’")
      }
    }
  }

  @Test("no module has what all are to do without", arguments: Layers.all.dropFirst().flatMap(\.self))
  func forbiddenEverywhere(module: String) throws {
    for line in try SourceTree.code(of: module) {
      for phrase in Self.forbiddenEverywhere where line.uses(phrase) {
        Issue.record("\(line.file):\(line.number) uses ‘\(phrase)’")
      }
    }
  }

  @Test("imports point down", arguments: Layers.all.dropFirst().flatMap(\.self))
  func imports(module: String) throws {
    for line in try SourceTree.code(of: module) {
      guard let imported = line.importedModule else { continue }
      if let objection = Layers.objection(to: imported, in: module) {
        Issue.record("\(line.file):\(line.number): \(objection)")
      }
    }
  }

  @Test("each C library has one owner", arguments: Layers.c.filter { !Layers.shared.contains($0) })
  func owners(library: String) throws {
    let owners = try SourceTree.modules().filter { module in
      try SourceTree.code(of: module).contains { $0.importedModule == library }
    }
    #expect(owners.count <= 1, "\(library) is imported by \(owners.joined(separator: ", "))")
  }

  @Test("every module has a layer, and every layer's modules exist")
  func inventory() throws {
    #expect(try SourceTree.modules() == Layers.all.flatMap(\.self).sorted())
  }

  @Test("every library and program has sources", arguments: Layers.all.dropFirst().flatMap(\.self))
  func sources(module: String) {
    #expect(!SourceTree.files(of: module).isEmpty)
  }

  private static func violations(of line: SourceTree.Line) -> [String] {
    Self.forbiddenInCore.filter { line.uses($0) }
      + Self.ambientChance.filter { line.uses($0) && !line.text.contains("using:") }
  }

  @Test(
    "the purity rule sees what it is for",
    arguments: [
      "let now = ContinuousClock.now", "Task { await work() }", "func run() async throws {",
      "let chance = Double.random(in: 0..<1)", "final class Box: @unchecked Sendable {", "let value = try! parse()",
    ]
  )
  func puritySelfTest(source: String) {
    let lines = SourceTree.code(in: source, file: "Example.swift")
    #expect(lines.contains { !Self.violations(of: $0).isEmpty })
  }

  @Test("the purity rule lets seeded chance, comments and longer names pass")
  func purityPasses() {
    let source = "// no ContinuousClock\nDouble.random(in: 0..<1, using: &self.random)\nfingerprint(of: key)"
    #expect(SourceTree.code(in: source, file: "Example.swift").allSatisfy { Self.violations(of: $0).isEmpty })
  }

  @Test(
    "the layer rule sees what it is for",
    arguments: [
      ("RTP", "Foundation"), ("RTP", "Transport"), ("Octets", "MediaUnits"), ("Transport", "Glibc"),
      ("Transport", "CLinux"), ("Transport", "Crypto"), ("Transport", "Handshake"), ("Handshake", "Foundation"),
      ("FFmpegCodec", "PixelConversion"), ("FFmpegCodec", "StreamHost"), ("StreamHost", "StreamPlayer"),
      ("StreamHost", "CXCB"), ("martlet", "CFFmpeg"), ("Unheard", "RTP"),
    ]
  )
  func layerObjections(module: String, imported: String) {
    #expect(Layers.objection(to: imported, in: module) != nil)
  }

  @Test(
    "the layer rule lets pass what points down",
    arguments: [
      ("RTP", "Octets"), ("Transport", "RTP"), ("Handshake", "Crypto"), ("FFmpegCodec", "CFFmpeg"),
      ("DatagramIO", "Glibc"), ("StreamHost", "DatagramIO"), ("martlet", "StreamHost"), ("martlet", "ArgumentParser"),
    ]
  )
  func layerPasses(module: String, imported: String) {
    #expect(Layers.objection(to: imported, in: module) == nil)
  }

  @Test(
    "imports are recognised in all their forms",
    arguments: [
      ("import RTP", "RTP"), ("public import MediaUnits", "MediaUnits"), ("  internal import Glibc", "Glibc"),
      ("@testable import Transport", "Transport"), ("@preconcurrency internal import CXCB", "CXCB"),
      ("import struct Foundation.Data", "Foundation"), ("import Foundation.NSURL", "Foundation"),
      ("let text = \"an import RTP\"", nil), ("important(RTP)", nil),
    ] as [(String, String?)]
  )
  func importForms(line: String, module: String?) {
    #expect(SourceTree.Line(file: "Example.swift", number: 1, text: line).importedModule == module)
  }
}
