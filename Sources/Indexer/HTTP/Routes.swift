import Hummingbird
import Identity
import IndexAPI

/// Which address does what.
///
/// - Spec: Protocol/openapi.yaml.
enum Routes {
  typealias Routing = Router<IndexRequestContext>

  static func router(_ service: IndexService, observatory: Observatory) -> Routing {
    // Once to learn which addresses there are, which the middleware in front of them must know.
    let routes = Self.addAll(to: Routing(context: IndexRequestContext.self), service, observatory).routes
    let known = KnownAddresses(routes.map { ($0.path.description, $0.method.rawValue) })
    let router = Routing(context: IndexRequestContext.self)
    router.add(middleware: ProblemMiddleware(service: service, known: known))
    return Self.addAll(to: router, service, observatory)
  }

  private static func addAll(to router: Routing, _ service: IndexService, _ observatory: Observatory) -> Routing {
    Self.addHosts(to: router, service)
    Self.addSessions(to: router, service)
    Self.addListings(to: router, service)
    Observation.addRoutes(to: router, observatory: observatory)
    return router
  }

  private static func addHosts(to router: Routing, _ service: IndexService) {
    router.post("/v1/hosts") { request, _ in
      let signed = try await SignedRequest(request, service: service)
      let registration = try signed.decoded(HostRegistration.self)
      return JSONBody.response(try await service.register(registration, host: signed.key.hostID))
    }
    router.post("/v1/hosts/{host}/heartbeat") { request, context in
      let signed = try await SignedRequest(request, service: service)
      let host = try signed.host(context)
      try await service.heartbeat(try signed.decoded(Heartbeat.self), host: host)
      return Response(status: .noContent)
    }
    router.post("/v1/hosts/{host}/drain") { request, context in
      let signed = try await SignedRequest(request, service: service)
      let host = try signed.host(context)
      try await service.drain(host, drains: try signed.decoded(DrainOrder.self).drains)
      return Response(status: .noContent)
    }
    router.get("/v1/hosts/{host}/stream") { request, context in
      let host = try await SignedRequest(request, service: service).host(context)
      let (stream, messages) = try service.openStream(of: host)
      return StreamResponse.make(stream, messages, host: host, service: service)
    }
  }

  private static func addSessions(to router: Routing, _ service: IndexService) {
    router.post("/v1/sessions") { request, _ in
      let signed = try await SignedRequest(request, service: service)
      let order = try JSONBody.order(from: signed.body)
      return Self.response(try await service.order(order, player: signed.key.playerID))
    }
    router.post("/v1/queue") { request, _ in
      let signed = try await SignedRequest(request, service: service)
      let order = try signed.decoded(QueueOrder.self)
      return Self.response(try await service.wait(order, player: signed.key.playerID))
    }
    router.delete("/v1/queue/{request}") { request, context in
      let signed = try await SignedRequest(request, service: service)
      try await service.leaveQueue(try context.request(), player: signed.key.playerID)
      return Response(status: .noContent)
    }
    router.post("/v1/sessions/{session}/resume") { request, context in
      let signed = try await SignedRequest(request, service: service)
      let (session, order) = (try context.session(), try JSONBody.order(from: signed.body))
      return Self.response(try await service.resume(session, order, player: signed.key.playerID))
    }
    router.post("/v1/sessions/{session}/renew") { request, context in
      let signed = try await SignedRequest(request, service: service)
      return JSONBody.response(try await service.renew(try context.session(), player: signed.key.playerID))
    }
    router.post("/v1/sessions/{session}/started") { request, context in
      let signed = try await SignedRequest(request, service: service)
      let (session, start) = (try context.session(), try signed.decoded(SessionStart.self))
      try await service.started(session, start, player: signed.key.playerID)
      return Response(status: .noContent)
    }
    router.delete("/v1/sessions/{session}") { request, context in
      let signed = try await SignedRequest(request, service: service)
      try await service.end(try context.session(), player: signed.key.playerID)
      return Response(status: .noContent)
    }
    router.get("/v1/sessions/{session}/decision") { _, context in
      JSONBody.response(try service.decision(of: try context.session()))
    }
  }

  private static func addListings(to router: Routing, _ service: IndexService) {
    router.get("/v1/games") { _, _ in JSONBody.response(service.games()) }
    router.get("/v1/landmarks") { _, _ in JSONBody.response(service.landmarks()) }
    router.get("/v1/hosts") { request, _ in
      let query = try HostQuery(request.uri)
      return JSONBody.response(
        service.hosts(game: query.game, place: query.place, landmarks: query.landmarks, limit: query.limit)
      )
    }
    router.get("/v1/keys") { _, _ in JSONBody.response(["keys": service.keyring.signedSet]) }
    router.get("/openapi.yaml") { _, _ in
      JSONBody.response(Array(OpenAPIDocument.text.utf8), type: "application/yaml")
    }
  }

  private static func response(_ answer: OrderAnswer) -> Response {
    switch answer {
    case .offer(let offer): JSONBody.response(offer, status: .created)
    case .queued(let place): JSONBody.response(place, status: .accepted)
    }
  }
}
