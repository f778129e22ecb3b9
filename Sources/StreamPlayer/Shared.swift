import Synchronization

/// A value that one thread writes and others read, now and then.
final class Shared<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  init(_ value: Value) {
    self.value = Mutex(value)
  }

  var current: Value { self.value.withLock { $0 } }

  func update(_ body: (inout Value) -> Void) {
    self.value.withLock { body(&$0) }
  }
}
