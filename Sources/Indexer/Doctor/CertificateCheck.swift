import Foundation

/// Whether the server's certificate is valid now, and for how long.
struct CertificateCheck {
  private static let warnBelowDays = 14

  let path: String
  let keyPath: String

  func findings() -> [DoctorFinding] {
    guard FileManager.default.isReadableFile(atPath: self.keyPath) else {
      return [DoctorFinding("certificate", .fail, "\(self.keyPath) cannot be read", advice: "Correct --tls-key.")]
    }
    guard let data = FileManager.default.contents(atPath: self.path) else {
      return [DoctorFinding("certificate", .fail, "\(self.path) cannot be read", advice: "Correct --tls-certificate.")]
    }
    guard let validity = CertificateValidity(pem: String(decoding: data, as: UTF8.self)) else {
      return [
        DoctorFinding(
          "certificate",
          .fail,
          "\(self.path) holds no certificate",
          advice: "Give a PEM file, the server's certificate first and those that vouch for it after."
        )
      ]
    }
    return [self.finding(validity, now: IndexClock.system.unixSeconds)]
  }

  /// - Parameter now: seconds since 1970.
  func finding(_ validity: CertificateValidity, now: Int64) -> DoctorFinding {
    guard now >= validity.notBefore else {
      return DoctorFinding("certificate", .fail, "\(self.path) is not valid yet", advice: "Look at the clock.")
    }
    let days = Int((validity.notAfter - now) / 86_400)
    guard now <= validity.notAfter else {
      return DoctorFinding("certificate", .fail, "\(self.path) has expired \(-days) days ago", advice: "Renew it.")
    }
    return DoctorFinding(
      "certificate",
      days < Self.warnBelowDays ? .warn : .ok,
      "\(self.path) is valid for \(days) more days",
      advice: days < Self.warnBelowDays ? "Renew it; nobody could connect when it has expired." : nil
    )
  }
}
