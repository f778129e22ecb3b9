import Hummingbird
import IndexAPI
import Logging
import MediaUnits
import NIOCore
import NIOHTTP1

/// Asked too soon.
struct TooManyRequests: Error {
  var delay: Duration
}

/// Makes of everything that goes wrong a problem document, and of nothing a 500.
struct ProblemMiddleware: RouterMiddleware {
  typealias Context = IndexRequestContext

  let service: IndexService
  let known: KnownAddresses

  @concurrent
  func handle(
    _ request: Request,
    context: IndexRequestContext,
    next: @concurrent (Request, IndexRequestContext) async throws -> Response
  ) async throws -> Response {
    var response = try await self.answer(request, context, next)
    // Whoever asks for the head alone must not be sent a body.
    if request.method == .head { response.body = ResponseBody() }
    return response
  }

  @concurrent
  private func answer(
    _ request: Request,
    _ context: IndexRequestContext,
    _ next: @concurrent (Request, IndexRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      if let delay = self.service.gate.delay(ofAddress: context.address, now: self.service.clock.instant()) {
        throw TooManyRequests(delay: delay)
      }
      return try await next(request, context)
    } catch let problem as Problem {
      return JSONBody.response(problem)
    } catch let error as TooManyRequests {
      let seconds = Int(error.delay.components.seconds) + 1
      let problem = self.service.refused(Problem(.rateLimited, "Ask again in \(seconds) s, and less often."))
      return JSONBody.response(problem, retryAfter: seconds)
    } catch let error as HTTPError where error.status == .notFound {
      return self.notFound(request)
    } catch let error as HTTPError {
      return JSONBody.response(Problem(.badRequest, error.body ?? "The request does not make sense."))
    } catch is NIOTooManyBytesError {
      return JSONBody.response(Problem(.tooLarge, "A body has at most \(self.service.limits.bodyByteCount) bytes."))
    } catch let error as HTTPParserError {
      throw error
    } catch {
      context.logger.debug("a request failed: \(error)")
      return JSONBody.response(Problem(.badRequest, "The request could not be read to its end."))
    }
  }

  private func notFound(_ request: Request) -> Response {
    guard let allowed = self.known.methods(of: request.head.target.path) else {
      return JSONBody.response(Problem(.notFound, "No such address; /openapi.yaml lists them all."))
    }
    var response = JSONBody.response(Problem(.methodNotAllowed, "This address knows \(allowed)."))
    response.headers[.allow] = allowed
    return response
  }
}
