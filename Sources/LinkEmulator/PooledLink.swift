import DatagramIO
import MediaUnits
import NetworkSimulator

/// One direction of a client's path, with the bytes of what is under way.
struct PooledLink {
  private var link: SimulatedLink<Int>
  private var pool = DatagramPool()

  init(_ conditions: LinkConditions, seed: UInt64, start: Instant) {
    self.link = SimulatedLink(conditions, seed: seed, start: start)
  }

  var conditions: LinkConditions {
    get { self.link.conditions }
    set { self.link.conditions = newValue }
  }

  var statistics: LinkStatistics { self.link.statistics }
  var deadline: Instant? { self.link.deadline }

  /// Puts a datagram on the link.
  ///
  /// - Parameter ecn: the mark that it came with, where that is not among its bytes.
  /// - Complexity: does not allocate once as many datagrams have been under way.
  mutating func send(
    _ bytes: UnsafeRawBufferPointer,
    ecn: ECNMark = .notCapable,
    byteCount: Int,
    now: Instant
  ) {
    let index = self.pool.store(bytes, ecn: ecn)
    let before = self.link.statistics
    self.link.send(index, byteCount: byteCount, now: now)
    let after = self.link.statistics
    if after.lost + after.queueDropped > before.lost + before.queueDropped {
      self.pool.release(index)
    } else if after.duplicated > before.duplicated {
      self.pool.retain(index)
    }
  }

  /// Hands on what has arrived by `now`, through `batch`, which `flush` is to empty.
  mutating func deliver(
    to destination: SocketAddress,
    now: Instant,
    through batch: inout SendBatch,
    flush: (inout SendBatch) -> Void
  ) {
    while let arrival = self.link.receiveArrival(now: now) {
      let sent = self.pool.ecn(arrival.datagram)
      let ecn = arrival.isMarked ? sent.marked : sent
      self.pool.withBytes(arrival.datagram) { bytes in
        if !batch.append(bytes, ecn: ecn, to: destination) {
          flush(&batch)
          _ = batch.append(bytes, ecn: ecn, to: destination)
        }
      }
      self.pool.release(arrival.datagram)
    }
    flush(&batch)
  }

  /// Hands on the next IP packet that has arrived by `now`, marked where the link says so, or returns `false`.
  mutating func deliverPacket(now: Instant, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    guard let arrival = self.link.receiveArrival(now: now) else { return false }
    // A packet that arrives twice met the queue once: what marked it marks both.
    if arrival.isMarked { self.pool.withMutableBytes(arrival.datagram, IPPacket.markCongestion) }
    self.pool.withBytes(arrival.datagram, body)
    self.pool.release(arrival.datagram)
    return true
  }
}

extension SendBatch {
  /// Appends a datagram; `false` if there is no room. One that is larger than any batch takes is left out.
  mutating func append(_ bytes: UnsafeRawBufferPointer, ecn: ECNMark, to destination: SocketAddress) -> Bool {
    guard 1...65_000 ~= bytes.count else { return true }
    return self.append(to: destination, maximumByteCount: bytes.count, ecn: ecn) { room in
      room.copyMemory(from: bytes)
      return bytes.count
    }
  }
}
