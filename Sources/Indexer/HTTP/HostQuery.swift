import Hummingbird
import HummingbirdCore
import Identity
import IndexAPI

/// The query of `GET /v1/hosts`.
struct HostQuery {
  static let maximumLimit = 64

  var game: String?
  var place: Place?
  var landmarks: String?
  var limit = 20

  init(_ uri: URI) throws(Problem) {
    let parameters = uri.queryParameters
    self.game = parameters["game"].map { String($0) }
    if let game, !Ticket.isGameName(game) { throw Problem(.badRequest, "game is 1 to 64 of a-z, 0-9 and -.") }
    self.landmarks = parameters["landmarks"].map { String($0) }
    if let landmarks, !landmarks.isLandmarks {
      throw Problem(.badRequest, "landmarks is id:microseconds, up to 8 of them.")
    }
    if let text = parameters["limit"] {
      guard let limit = Int(text), 1...Self.maximumLimit ~= limit else {
        throw Problem(.badRequest, "limit is 1 to \(Self.maximumLimit).")
      }
      self.limit = limit
    }
    let rule = Problem(.badRequest, "latitude is -90 to 90, and longitude -180 to 180.")
    let latitude = try Self.degrees(parameters["latitude"], -90...90, rule)
    let longitude = try Self.degrees(parameters["longitude"], -180...180, rule)
    guard let latitude, let longitude else { return }
    self.place = Place(latitude: latitude, longitude: longitude)
  }

  private static func degrees(
    _ text: Substring?,
    _ range: ClosedRange<Double>,
    _ rule: Problem
  ) throws(Problem) -> Double? {
    guard let text else { return nil }
    guard let degrees = Double(text), range ~= degrees else { throw rule }
    return degrees
  }
}
