internal import MediaUnits
internal import SessionProtocol

/// What was measured of the way to one host and back.
public struct RoundTrip: Hashable, Sendable {
  /// The middle one of the round trips; the lower of two.
  public var median: Duration
  /// The longest less the shortest.
  public var jitter: Duration
  /// Probes that nothing came back for in time.
  public var lostCount: Int
}

/// Measures round trips with STUN Binding requests, to many hosts at once from one socket.
public enum RoundTripProbe {
  /// Most hosts of one measurement.
  public static let maximumTargetCount = 64

  /// Time from one probe of a host to its next: long enough not to queue behind each other, short beside a round trip.
  private static let interval: Duration = .milliseconds(3)

  /// Probes hosts on a thread of its own.
  ///
  /// Ends as soon as every host has answered every probe. Once half of them have, those that take more than twice as
  /// long as the slowest of that half are not waited for: they are not the ones to choose.
  ///
  /// - Parameters:
  ///   - targets: at most ``maximumTargetCount``.
  ///   - count: probes for each, 1 ... 16.
  ///   - limit: the longest that this takes.
  /// - Returns: one for each target, in their order; `nil` for a host that answered nothing.
  /// - Throws: ``SocketError`` if there can be no socket.
  public static func measure(
    _ targets: [SocketAddress],
    count: Int = 5,
    limit: Duration = .seconds(1)
  ) async throws -> [RoundTrip?] {
    try await withCheckedThrowingContinuation { continuation in
      _ = MediaThread.start(name: "probe") {
        continuation.resume(with: Result { try Self.measureBlocking(targets, count: count, limit: limit) })
      }
    }
  }

  /// As ``measure(_:count:limit:)``, on the calling thread, which it blocks.
  public static func measureBlocking(
    _ targets: [SocketAddress],
    count: Int = 5,
    limit: Duration = .seconds(1)
  ) throws(SocketError) -> [RoundTrip?] {
    precondition(targets.count <= Self.maximumTargetCount, "a measurement has at most 64 targets")
    precondition((1...16).contains(count), "a host is probed 1 to 16 times")
    guard !targets.isEmpty else { return [] }
    var socket = try Self.socket()
    var poll = PollSet([socket.fileDescriptor])
    var received = ReceiveBatch(capacity: 8)
    var outgoing = SendBatch(byteCount: 128 << 10)
    var random = SystemRandomNumberGenerator()
    var pending: [[UInt8]: (target: Int, sentAt: Instant)] = [:]
    var results = targets.map { _ in [Duration]() }

    let start = Instant.now
    var deadline = start + limit
    var round = 0
    while true {
      let now = Instant.now
      let nextRound = start + Self.interval * round
      if round < count, nextRound <= now {
        for (index, target) in targets.enumerated() {
          let transaction = (0..<STUNBinding.transactionByteCount).map { _ in random.next() as UInt8 }
          let request = STUNBinding.request(transaction: transaction)
          pending[transaction] = (index, .now)
          _ = outgoing.append(to: target, maximumByteCount: request.count) { buffer in
            buffer.copyBytes(from: request)
            return request.count
          }
        }
        socket.send(&outgoing)
        round += 1
        continue
      }
      guard now < deadline, !pending.isEmpty else { break }
      guard try poll.wait(until: round < count ? min(nextRound, deadline) : deadline) else { continue }
      try socket.receive(into: &received)
      let arrivedAt = Instant.now
      received.forEach { datagram, _ in
        // The transaction says which probe this answers; an address may differ where a host has several.
        guard let transaction = STUNBinding.transaction(ofResponse: UnsafeRawBufferPointer(datagram).bytes),
          let probe = pending.removeValue(forKey: transaction)
        else { return }
        results[probe.target].append(arrivedAt - probe.sentAt)
      }
      let complete = results.filter { $0.count == count }
      if round == count, complete.count * 2 >= targets.count, let slowest = complete.lazy.compactMap({ $0.max() }).max()
      {
        deadline = min(deadline, start + Self.interval * count + slowest * 2 + .milliseconds(5))
      }
    }
    return results.map { roundTrips in
      let sorted = roundTrips.sorted()
      guard let shortest = sorted.first, let longest = sorted.last else { return nil }
      return RoundTrip(
        median: sorted[(sorted.count - 1) / 2],
        jitter: longest - shortest,
        lostCount: count - sorted.count
      )
    }
  }

  /// A socket for both families, or for IPv4 where this machine has nothing else.
  private static func socket() throws(SocketError) -> UDPSocket {
    do {
      return try UDPSocket(bindingTo: .any(port: 0))
    } catch {
      return try UDPSocket(bindingTo: SocketAddress(parsing: "0.0.0.0:0"))
    }
  }
}
