import AsyncHTTPClient
import Foundation
public import IndexAPI
import NIOCore

/// What an indexer tells a host, as it comes.
///
/// Ends by throwing ``IndexClientError/streamLost(_:)``: the indexer says something every five seconds, so fifteen
/// without a word mean that it is gone.
public struct HostMessages: AsyncSequence, Sendable {
  let body: HTTPClientResponse.Body
  let indexer: IndexerAddress
  let directory: Directory

  public struct AsyncIterator: AsyncIteratorProtocol {
    /// The longest line is a key set.
    private static let maximumLineByteCount = 65_536

    private var chunks: HTTPClientResponse.Body.AsyncIterator
    private var pending: [UInt8] = []
    private let indexer: IndexerAddress
    private let directory: Directory

    init(_ messages: HostMessages) {
      self.chunks = messages.body.makeAsyncIterator()
      self.indexer = messages.indexer
      self.directory = messages.directory
    }

    public mutating func next() async throws -> HostMessage? {
      do {
        while true {
          if let end = self.pending.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Data(self.pending[..<end])
            self.pending.removeSubrange(...end)
            guard !line.isEmpty else { continue }
            return try JSONDecoder().decode(HostMessage.self, from: line)
          }
          guard self.pending.count < Self.maximumLineByteCount,
            let chunk = try await self.chunks.next(isolation: #isolation)
          else {
            throw IndexClientError.streamLost(self.indexer.base)
          }
          self.pending += chunk.readableBytesView
        }
      } catch {
        try Task.checkCancellation()
        self.directory.avoid(self.indexer)
        throw IndexClientError.streamLost(self.indexer.base)
      }
    }
  }

  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(self)
  }
}
