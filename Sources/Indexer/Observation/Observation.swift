import HTTPTypes
import Hummingbird
import HummingbirdCore
import IndexAPI
import Matching
import MediaUnits

/// What people and their tools look at.
enum Observation {
  static func addRoutes(to router: Router<IndexRequestContext>, observatory: Observatory) {
    router.get("/healthz") { _, _ in JSONBody.response(Array("ok\n".utf8), type: "text/plain; charset=utf-8") }
    router.get("/v1/status") { request, _ in
      let withPlaces = try Self.withPlaces(request.uri)
      return JSONBody.response(
        try await observatory.statusJSON(withPlaces: withPlaces),
        type: "application/json"
      )
    }
    router.get("/metrics") { _, _ in
      JSONBody.response(await observatory.metrics(), type: MetricsText.contentType)
    }
    router.get("/") { _, _ in
      let page = await observatory.page()
      var response = JSONBody.response(Array(page.body.utf8), type: "text/html; charset=utf-8")
      for (name, value) in page.headers {
        if let name = HTTPField.Name(name) { response.headers[name] = value }
      }
      return response
    }
  }

  private static func withPlaces(_ uri: URI) throws(Problem) -> Bool {
    switch uri.queryParameters["places"] {
    case nil, "true": true
    case "false": false
    default: throw Problem(.badRequest, "places is true or false.")
    }
  }
}

extension WaitingRoom {
  /// Until the last in line has a seat; `nil` when that cannot be said.
  func longestEstimate(now: Instant) -> Duration? {
    let last = self.waiters.values.max { $0.entry.enqueued < $1.entry.enqueued }
    return last.flatMap { self.place(of: $0.entry.request, now: now).estimate }
  }
}
