import ArgumentParser
import DatagramIO
import Dispatch
import Foundation
import Identity
import IndexAPI
import IndexClient
import Indexer
import Synchronization

/// Looks at what an indexer needs, and says what to do where something is wrong.
struct IndexDoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the storage, clocks, keys and ports that an indexer needs.",
    discussion: """
      Takes the options that `martlet index` takes. Nothing is changed, and an indexer may be running.

      Exit status: 0 an indexer would work, 1 something is wrong.
      """
  )

  @OptionGroup var options: IndexOptions

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func run() throws {
    try self.reportingFailure {
      let doctor = try self.doctor()
      let answer = Mutex<[DoctorFinding]>([])
      let done = DispatchSemaphore(value: 0)
      Task {
        let findings = await doctor.findings()
        answer.withLock { $0 = findings }
        done.signal()
      }
      done.wait()
      let findings = answer.withLock { $0 }
      for finding in findings { Console.print(self.json ? try Self.jsonLine(finding) : Self.line(finding)) }
      if findings.contains(where: { $0.verdict == .fail }) { throw ExitStatus.sessionFailed.code }
    }
  }

  private func doctor() throws -> IndexDoctor {
    let address = try self.options.listen.resolved()
    var tls: IndexerConfiguration.TLSFiles?
    if let certificate = self.options.tlsCertificate, let key = self.options.tlsKey {
      tls = IndexerConfiguration.TLSFiles(certificateChain: certificate, privateKey: key)
    }
    return IndexDoctor(
      keyPath: self.options.key,
      listenHost: address.host,
      listenPort: Int(address.port),
      publicURL: self.options.publicURL,
      database: self.options.database.map { .postgres($0) } ?? .directory(self.options.data),
      tls: tls
    ) { [certificate = self.options.tlsCertificate] url in
      try await Self.status(of: url, certificate: certificate)
    }
  }

  private static func status(of url: String, certificate: String?) async throws -> NetworkStatus {
    let client = try IndexClient(indexers: [url], identity: IdentityKey(), trustRoots: certificate)
    do {
      let status = try JSONDecoder().decode(NetworkStatus.self, from: Data(try await client.status()))
      await client.shutdown()
      return status
    } catch {
      await client.shutdown()
      throw error
    }
  }

  private static func line(_ finding: DoctorFinding) -> String {
    let verdict = finding.verdict.rawValue.padding(toLength: 6, withPad: " ", startingAt: 0)
    let check = finding.check.padding(toLength: 13, withPad: " ", startingAt: 0)
    let advice = finding.advice.map { "\n" + String(repeating: " ", count: 19) + $0 } ?? ""
    return verdict + check + finding.finding + advice
  }

  private static func jsonLine(_ finding: DoctorFinding) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(finding), as: UTF8.self)
  }
}
