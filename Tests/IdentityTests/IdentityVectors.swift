import Foundation
import Testing

@testable import Identity

/// What an independent implementation made of fixed keys: `Protocol/vectors/identity.json`.
struct IdentityVectors: Decodable {
  struct Person: Decodable {
    var name: String
    var seed: String
    var publicKey: String
    var text: String
    var id: String
    var transportKey: String
  }

  struct Signature: Decodable {
    var name: String
    var seed: String?
    var publicKey: String
    var message: String
    var signature: String
  }

  struct Epoch: Decodable {
    var seed: String
    var epoch: Int64
    var publicKey: String
    var kid: String
  }

  /// A signed object: what it says, or why it is refused.
  struct Signed<Fields: Decodable & Sendable>: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var section: String
    var text: String
    var now: Int64
    var host: String?
    var root: String?
    var fields: Fields?
    var error: String?

    var testDescription: String { "\(self.name) (\(self.section))" }
  }

  struct TicketFields: Decodable {
    var session: String
    var host: String
    var player: String
    var transportKey: String
    var game: String
    var notBefore: Int64
    var startBy: Int64
    var isCanonical: Bool
  }

  struct QueueTicketFields: Decodable {
    var player: String
    var request: String
    var game: String
    var enqueued: Int64
    var isResumption: Bool
  }

  struct KeySetFields: Decodable {
    struct Entry: Decodable {
      var kid: String
      var x: String
      var nbf: Int64
      var exp: Int64
      var iss: String
    }

    var signer: String
    var issued: Int64
    var entries: [Entry]
    var isCanonical: Bool
  }

  struct Request: Decodable, CustomTestStringConvertible {
    struct Fields: Decodable {
      var seed: String
      var key: String
      var created: Int64
      var nonce: String
      var isCanonical: Bool
    }

    var name: String
    var section: String
    var method: String
    var path: String
    var query: String
    var body: String
    var contentDigest: String?
    var signatureInput: String?
    var signature: String?
    var fields: Fields?
    var error: String?

    var testDescription: String { "\(self.name) (\(self.section))" }
  }

  var identities: [Person]
  var signatures: [Signature]
  var epochs: [Epoch]
  var keySet: String
  var keySets: [Signed<KeySetFields>]
  var tickets: [Signed<TicketFields>]
  var queueTickets: [Signed<QueueTicketFields>]
  var requests: [Request]

  /// The tests cannot run without it.
  static let all: IdentityVectors = {
    let package = URL(filePath: #filePath).appending(path: "../../..").standardized
    do {
      let contents = try Data(contentsOf: package.appending(path: "Protocol/vectors/identity.json"))
      return try JSONDecoder().decode(IdentityVectors.self, from: contents)
    } catch {
      fatalError("identity: \(error)")
    }
  }()
}

extension [UInt8] {
  /// - Parameter hex: two digits a byte.
  init(hex: String) {
    let digits = hex.compactMap(\.hexDigitValue)
    precondition(digits.count == hex.count && digits.count % 2 == 0, "a vector has two hexadecimal digits a byte")
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
