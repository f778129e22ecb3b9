import Foundation
import IndexAPI

/// The network's page: one answer that needs no other resource but ``NetworkStatus``.
///
/// It is complete without scripts; with them it goes on by itself.
struct StatusPage {
  let body: String
  /// For this body alone.
  let headers: [(name: String, value: String)]

  init(_ status: NetworkStatus) {
    var generator = SystemRandomNumberGenerator()
    self.init(status, nonce: RequestID.random(using: &generator).description)
  }

  /// - Parameter nonce: base64 that nobody can foresee.
  init(_ status: NetworkStatus, nonce: String) {
    var fields = PageText(status).fields
    fields["nonce"] = nonce
    fields["bird"] =
      "M2 9c6-1 10 1 13 5 2-4 6-8 15-9-4 2-6 5-7 8-2 6-6 9-11 9l-7 5 3-7c-3-1-4-3-4-5 3 1 6 0 8-1-3-4-6-5-10-5z"
    fields["land"] = Self.landPath
    fields["style"] = Self.style
    fields["script"] =
      ["\"use strict\";", Self.worldScript, Self.mapScript, Self.chartScript, Self.liveScript].joined(separator: "\n")
    self.body = Self.fill(Self.template, with: fields)
    self.headers = [
      ("Content-Type", "text/html; charset=utf-8"),
      ("Content-Security-Policy", Self.policy(nonce: nonce)),
      ("Cache-Control", "no-store"),
      ("Referrer-Policy", "no-referrer"),
      ("X-Content-Type-Options", "nosniff"),
    ]
  }

  /// - Spec: Content Security Policy Level 3; Trusted Types.
  private static func policy(nonce: String) -> String {
    [
      "default-src 'none'", "script-src 'nonce-\(nonce)'", "style-src 'nonce-\(nonce)'", "connect-src 'self'",
      "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
      "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")
  }

  /// Replaces each `{{name}}` in one pass, so that no value is taken for a field.
  private static func fill(_ template: String, with fields: [String: String]) -> String {
    var filled = ""
    for (index, part) in template.components(separatedBy: "{{").enumerated() {
      guard index > 0 else {
        filled += part
        continue
      }
      guard let end = part.range(of: "}}"), let value = fields[String(part[..<end.lowerBound])] else {
        preconditionFailure("the template names only fields that there are")
      }
      filled += value + part[end.upperBound...]
    }
    return filled
  }
}
