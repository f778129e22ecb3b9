import IndexAPI

/// What a host's home tells it, on its way into the host's open connection.
struct HostStream: Sendable {
  /// Messages that wait at most; a host that reads more slowly loses the stream, and registers anew.
  static let maximumBacklog = 1_024

  /// Tells one stream of a host from the next.
  let number: UInt64
  private let continuation: AsyncStream<HostMessage>.Continuation

  static func make(number: UInt64) -> (stream: HostStream, messages: AsyncStream<HostMessage>) {
    let (messages, continuation) = AsyncStream.makeStream(
      of: HostMessage.self,
      bufferingPolicy: .bufferingOldest(Self.maximumBacklog)
    )
    return (Self(number: number, continuation: continuation), messages)
  }

  private init(number: UInt64, continuation: AsyncStream<HostMessage>.Continuation) {
    self.number = number
    self.continuation = continuation
  }

  func send(_ message: HostMessage) {
    if case .dropped = self.continuation.yield(message) { self.continuation.finish() }
  }

  /// Says goodbye and ends.
  func finish() {
    self.continuation.yield(.goodbye)
    self.continuation.finish()
  }
}
