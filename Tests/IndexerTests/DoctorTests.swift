import Foundation
import IndexAPI
import Identity
import Testing

@testable import Indexer

@Suite("The indexer's doctor")
struct DoctorTests {
  private struct Refused: Error {}

  private static func withDirectory(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-doctor-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }

  @Test("Finds nothing wrong where nothing is")
  func well() async throws {
    try await Self.withDirectory { path in
      let key = "\(path)/indexer.key"
      #expect(
        FileManager.default.createFile(
          atPath: key,
          contents: Data(IdentityKey().seed),
          attributes: [.posixPermissions: 0o600]
        )
      )
      let doctor = IndexDoctor(
        keyPath: key,
        listenHost: "127.0.0.1",
        listenPort: 0,
        publicURL: nil,
        database: .directory(path),
        tls: nil
      ) { _ in throw Refused() }
      let findings = await doctor.findings()
      #expect(findings.filter { $0.verdict == .fail } == [])
      #expect(Set(findings.map(\.check)) == ["storage", "clock", "key", "port"])
      let left = try FileManager.default.contentsOfDirectory(atPath: path)
      #expect(left == ["indexer.key"], "it leaves nothing behind")
    }
  }

  @Test("Finds a key that others may read, and one that is none")
  func keys() async throws {
    try await Self.withDirectory { path in
      let key = "\(path)/indexer.key"
      let files = FileManager.default
      #expect(files.createFile(atPath: key, contents: Data(IdentityKey().seed), attributes: [.posixPermissions: 0o644]))
      #expect(KeyCheck(path: key).findings().map(\.verdict) == [.fail, .ok])
      #expect(files.createFile(atPath: key, contents: Data([1, 2]), attributes: [.posixPermissions: 0o600]))
      #expect(KeyCheck(path: key).findings().map(\.verdict) == [.fail])
      #expect(KeyCheck(path: path).findings().map(\.verdict) == [.fail])
      #expect(KeyCheck(path: path + "/none").findings().map(\.verdict) == [.ok])
    }
  }

  @Test("Finds a file that is no database, and a directory that cannot be")
  func storage() async throws {
    try await Self.withDirectory { path in
      try Data("something else entirely".utf8).write(to: URL(fileURLWithPath: path + "/network.sqlite"))
      #expect(DirectoryCheck(path: path).findings().first?.verdict == .fail)
      #expect(DirectoryCheck(path: path + "/network.sqlite").findings().map(\.verdict) == [.fail])
      #expect(DirectoryCheck(path: path + "/new").findings().map(\.verdict) == [.ok])
      #expect(DirectoryCheck(path: path + "/a/b").findings().map(\.verdict) == [.fail])
    }
  }

  @Test("Finds a taken port, and knows an indexer that answers there")
  func ports() async throws {
    let listener = try Listener()
    #expect(PortCheck.bind(host: "127.0.0.1", port: listener.port) == .taken)
    #expect(PortCheck.bind(host: "127.0.0.1", port: 0) == .free)
    #expect(PortCheck.bind(host: "127.0.0.1", port: 70_000) != .free)
    #expect(PortCheck.bind(host: "192.0.2.1", port: 0) != .free)
    for (answers, verdict) in [(true, DoctorFinding.Verdict.ok), (false, .fail)] {
      let doctor = IndexDoctor(
        keyPath: "/nonexistent/indexer.key",
        listenHost: "127.0.0.1",
        listenPort: listener.port,
        publicURL: nil,
        database: .directory("/nonexistent/data"),
        tls: nil
      ) { url in
        #expect(url == "http://127.0.0.1:\(listener.port)")
        guard answers else { throw Refused() }
        return ObservedNetwork.status(seconds: 1)
      }
      #expect(await doctor.findings().first { $0.check == "port" }?.verdict == verdict)
    }
  }

  @Test("Finds a public address that leads nowhere, and a clock that differs there")
  func publicURL() async {
    for (time, verdict) in [(nil, DoctorFinding.Verdict.warn), (-60_000, .warn), (0, .ok)] as [(Int64?, _)] {
      let doctor = IndexDoctor(
        keyPath: "/nonexistent/indexer.key",
        listenHost: "127.0.0.1",
        listenPort: 0,
        publicURL: "https://indexer.example",
        database: .directory("/nonexistent/data"),
        tls: nil
      ) { _ in
        guard let time else { throw Refused() }
        var status = ObservedNetwork.status(seconds: 1)
        status.time = IndexClock.system.unixMilliseconds() + time
        return status
      }
      #expect(await doctor.findings().first { $0.check == "url" }?.verdict == verdict)
    }
  }

  @Test("Reads a certificate's dates and warns before it expires")
  func certificate() throws {
    // A TBSCertificate that holds what comes before its dates, and them.
    func value(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] { [tag, UInt8(contents.count)] + contents }
    let dates = value(0x17, Array("260101000000Z".utf8)) + value(0x18, Array("20510228123456Z".utf8))
    let fields =
      value(0xA0, value(0x02, [2])) + value(0x02, [5]) + value(0x30, []) + value(0x30, []) + value(0x30, dates)
    let file = value(0x30, value(0x30, fields))
    let validity = try #require(CertificateValidity(der: file))
    #expect(validity.notBefore == 1_767_225_600)
    #expect(validity.notAfter == 2_561_200_496)
    let text = "-----BEGIN CERTIFICATE-----\n\(Data(file).base64EncodedString())\n-----END CERTIFICATE-----\n"
    #expect(CertificateValidity(pem: "garbage\n" + text) == validity)
    #expect(CertificateValidity(pem: "garbage") == nil)
    for count in 0..<file.count { #expect(CertificateValidity(der: Array(file.prefix(count))) == nil) }

    let check = CertificateCheck(path: "server.pem", keyPath: "server.key")
    func verdict(daysLeft: Int64) -> DoctorFinding.Verdict {
      check.finding(validity, now: validity.notAfter - daysLeft * 86_400).verdict
    }
    #expect(verdict(daysLeft: 100) == .ok)
    #expect(verdict(daysLeft: 13) == .warn)
    #expect(verdict(daysLeft: -2) == .fail)
    #expect(check.finding(validity, now: validity.notBefore - 1).verdict == .fail)
  }

  @Test("Finds a PostgreSQL that does not answer")
  func postgres() {
    let findings = PostgresCheck(address: "host=127.0.0.1 port=1 dbname=none").findings()
    #expect(findings.map(\.verdict) == [.fail])
  }
}
