import PostgresStorage

/// Whether a PostgreSQL database can be used, and whether its clock and settings fit.
struct PostgresCheck {
  /// What one indexer uses, with room for the one that replaces it.
  private static let connectionsPerIndexer = 16

  let address: String

  func findings() -> [DoctorFinding] {
    let seen: PostgresInspection
    do {
      seen = try PostgresInspection(address: self.address)
    } catch {
      return [
        DoctorFinding(
          "storage",
          .fail,
          "PostgreSQL cannot be used: \(error.reason)",
          advice: "Start it, or correct --database; the user needs the right to make tables."
        )
      ]
    }
    var findings = [
      DoctorFinding(
        "storage",
        seen.majorVersion < 13 ? .fail : .ok,
        "PostgreSQL \(seen.version) answers in \(Int(seen.roundTrip / .milliseconds(1)) + 1) ms or less",
        advice: seen.majorVersion < 13 ? "Use PostgreSQL 13 or later." : nil
      )
    ]
    let isDurable = seen.fsync && seen.synchronousCommit != "off"
    findings.append(
      DoctorFinding(
        "storage",
        isDurable ? .ok : .fail,
        "fsync is \(seen.fsync ? "on" : "off"), synchronous_commit is \(seen.synchronousCommit)",
        advice: isDurable ? nil : "Turn both on: a seat that was given must survive a power cut."
      )
    )
    let free = seen.maximumConnections - seen.connections
    findings.append(
      DoctorFinding(
        "storage",
        free < Self.connectionsPerIndexer ? .warn : .ok,
        "\(seen.connections) of \(seen.maximumConnections) connections are used",
        advice: free < Self.connectionsPerIndexer ? "Raise max_connections: an indexer may use a dozen." : nil
      )
    )
    let difference = abs(seen.clockDifference / .milliseconds(1))
    findings.append(
      DoctorFinding(
        "clock",
        difference > 1_000 ? .warn : .ok,
        "the database's clock differs by \(Int(difference.rounded())) ms",
        advice: difference > 1_000 ? "Let both machines synchronise their clocks." : nil
      )
    )
    return findings
  }
}
