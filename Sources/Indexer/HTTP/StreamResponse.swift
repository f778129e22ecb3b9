import Foundation
import Hummingbird
import IndexAPI
import NIOCore
import ServiceLifecycle

/// What a host is told, a line of JSON each, for as long as the connection holds.
enum StreamResponse {
  static func make(
    _ stream: HostStream,
    _ messages: AsyncStream<HostMessage>,
    host: HostID,
    service: IndexService
  ) -> Response {
    let body = ResponseBody { writer in
      defer { service.closeStream(of: host, number: stream.number) }
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      try await withGracefulShutdownHandler {
        for await message in messages {
          var line = ByteBuffer(bytes: try encoder.encode(message))
          line.writeInteger(UInt8(ascii: "\n"))
          try await writer.write(line)
        }
      } onGracefulShutdown: {
        stream.finish()
      }
      try await writer.finish(nil)
    }
    return Response(
      status: .ok,
      headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
      body: body
    )
  }
}
