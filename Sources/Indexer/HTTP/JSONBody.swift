import Foundation
import Hummingbird
import IndexAPI

/// JSON in and out.
enum JSONBody {
  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(Problem) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw Problem(.badRequest, Self.explanation(of: error))
    } catch {
      throw Problem(.badRequest, "The body is not JSON.")
    }
  }

  /// Reads an order.
  static func order(from bytes: [UInt8]) throws(Problem) -> SessionOrder {
    if let order = OrderReader.order(bytes) { return order }
    return try Self.decode(SessionOrder.self, from: bytes)
  }

  static func response(_ offer: SessionOffer, status: HTTPResponse.Status) -> Response {
    if let body = OfferWriter.json(offer) { return Self.response(body, type: "application/json", status: status) }
    return Self.encoded(offer, status: status)
  }

  static func response(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
    Self.encoded(value, status: status)
  }

  private static func encoded(_ value: some Encodable, status: HTTPResponse.Status) -> Response {
    // Every type here can be written; a number that is not finite never gets this far.
    let body = (try? Self.encoder.encode(value)) ?? Data("{}".utf8)
    return Self.response(Array(body), type: "application/json", status: status)
  }

  static func response(_ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status,
      headers: [.contentType: type, .contentLength: "\(bytes.count)", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    )
  }

  static func response(_ problem: Problem, retryAfter: Int? = nil) -> Response {
    var response = Self.response(problem, status: HTTPResponse.Status(code: problem.status))
    response.headers[.contentType] = "application/problem+json"
    if problem.status == 429 || problem.status == 503 { response.headers[.retryAfter] = "\(retryAfter ?? 1)" }
    return response
  }

  private static func explanation(of error: DecodingError) -> String {
    func path(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }.joined()
      return path.isEmpty ? "The body" : String(path.dropFirst(path.hasPrefix(".") ? 1 : 0))
    }
    switch error {
    case .keyNotFound(let key, let context): return "\(path(context)): \(key.stringValue) is missing."
    case .typeMismatch(let type, let context): return "\(path(context)): \(type) expected."
    case .valueNotFound(let type, let context): return "\(path(context)): \(type) expected, not null."
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "The body is not JSON." : "\(path(context)): \(context.debugDescription)"
    @unknown default: return "The body does not make sense."
    }
  }
}
