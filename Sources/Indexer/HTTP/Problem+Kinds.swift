import IndexAPI

/// Every problem that this API has, so that the document can list them and nothing else comes up.
public enum ProblemKind: String, CaseIterable, Sendable {
  case badRequest = "bad-request"
  case badSignature = "bad-signature"
  case wrongKey = "wrong-key"
  case replayed
  case clockSkew = "clock-skew"
  case notFound = "not-found"
  case methodNotAllowed = "method-not-allowed"
  case noSeat = "no-seat"
  case queueFull = "queue-full"
  case rateLimited = "rate-limited"
  case tooLarge = "too-large"
  case playerLimit = "player-limit"
  case badTicket = "bad-ticket"
  case conflict
  case unavailable

  public static let prefix = "urn:martlet:problem:"

  public var status: Int {
    switch self {
    case .badRequest: 400
    case .badSignature, .replayed, .clockSkew: 401
    case .wrongKey, .badTicket: 403
    case .notFound: 404
    case .methodNotAllowed: 405
    case .conflict, .noSeat, .playerLimit: 409
    case .tooLarge: 413
    case .queueFull, .rateLimited: 429
    case .unavailable: 503
    }
  }

  public var title: String {
    switch self {
    case .badRequest: "The request does not make sense"
    case .badSignature: "The signature is missing or wrong"
    case .wrongKey: "This key may not do that"
    case .replayed: "This request has been made before"
    case .clockSkew: "The clocks differ"
    case .notFound: "There is no such thing"
    case .methodNotAllowed: "This cannot be done to that"
    case .noSeat: "No seat is free"
    case .queueFull: "The queue is full"
    case .rateLimited: "Too many requests"
    case .tooLarge: "The request is too large"
    case .playerLimit: "Too many sessions"
    case .badTicket: "The queue ticket is not valid"
    case .conflict: "Something else has happened meanwhile"
    case .unavailable: "The indexer cannot do that now"
    }
  }
}

extension Problem {
  init(_ kind: ProblemKind, _ detail: String) {
    self.init(type: ProblemKind.prefix + kind.rawValue, title: kind.title, status: kind.status, detail: detail)
  }

  /// The last part of the type.
  var name: String {
    self.type.hasPrefix(ProblemKind.prefix) ? String(self.type.dropFirst(ProblemKind.prefix.count)) : self.type
  }
}
