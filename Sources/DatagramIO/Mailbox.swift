internal import Synchronization

/// A bounded hand-off of byte runs between two threads, each with something said about it.
///
/// Buffers are swapped, not copied, on the way out, and kept for reuse: once they have grown to the size of what they
/// carry, nothing is allocated. Bounded by ``capacity``: a full mailbox refuses, and the sender decides what that means.
public final class Mailbox<Label: Sendable>: Sendable {
  private struct Item: Sendable {
    var bytes: [UInt8] = []
    var label: Label?
  }

  private struct Queue: Sendable {
    var items: [Item]
    var head = 0
    var count = 0
    var refusedCount = 0
  }

  private let queue: Mutex<Queue>
  /// Items held at most.
  public let capacity: Int
  /// Zero bytes behind every run, as decoders want.
  private let padding: Int

  /// - Parameters:
  ///   - capacity: items held at most, at least 1.
  ///   - byteCount: bytes that each item is expected to need.
  ///   - padding: zero bytes added behind each item.
  public init(capacity: Int, byteCount: Int, padding: Int = 0) {
    precondition(capacity >= 1, "a mailbox holds at least one item")
    self.capacity = capacity
    self.padding = padding
    let items = (0..<capacity).map { _ in
      var item = Item()
      item.bytes.reserveCapacity(byteCount + padding)
      return item
    }
    self.queue = Mutex(Queue(items: items))
  }

  /// Whether ``put(_:label:)`` would be accepted.
  public var hasRoom: Bool { self.queue.withLock { $0.count < self.capacity } }

  /// Items waiting.
  public var count: Int { self.queue.withLock { $0.count } }

  /// Items refused so far.
  public var refusedCount: Int { self.queue.withLock { $0.refusedCount } }

  /// Copies `bytes` in. Returns `false` when the mailbox is full.
  public func put(_ bytes: RawSpan, label: Label) -> Bool {
    bytes.withUnsafeBytes { self.put($0, label: label) }
  }

  /// Copies `bytes` in. Returns `false` when the mailbox is full.
  public func put(_ bytes: UnsafeRawBufferPointer, label: Label) -> Bool {
    self.queue.withLock { queue in
      guard queue.count < self.capacity else {
        queue.refusedCount += 1
        return false
      }
      let index = (queue.head + queue.count) % self.capacity
      queue.items[index].bytes.removeAll(keepingCapacity: true)
      queue.items[index].bytes.append(contentsOf: bytes)
      for _ in 0..<self.padding { queue.items[index].bytes.append(0) }
      queue.items[index].label = label
      queue.count += 1
      return true
    }
  }

  /// Takes the oldest item.
  ///
  /// - Parameter bytes: receives the item's bytes and padding; its old buffer is kept for reuse.
  /// - Returns: what was said about it, or `nil` when the mailbox is empty.
  public func take(into bytes: inout [UInt8]) -> Label? {
    self.queue.withLock { queue in
      guard queue.count > 0 else { return nil }
      let index = queue.head
      swap(&queue.items[index].bytes, &bytes)
      queue.head = (queue.head + 1) % self.capacity
      queue.count -= 1
      return queue.items[index].label.take()
    }
  }
}
