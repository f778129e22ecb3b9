import DatagramIO
import FFmpegCodec
import IndexAPI
import Identity
import MediaUnits
import Synchronization

/// What the network thread and the rest of the process tell each other.
final class HostControl: Sendable {
  /// What other threads ask of the network thread.
  enum Order: Sendable {
    case setKeys(KeySet)
    case prepare(SessionPreparation)
    case release(SessionID)
    case drain(Bool)
  }

  private struct State: Sendable {
    var orders: [Order] = []
    var occupancy: HostOccupancy
    var ended: [EndedSession] = []
    var onChange: (@Sendable () -> Void)?
    var onFailure: (@Sendable (String) -> Void)?
    var failure: String?
    var busyAtLastReading: (nanoseconds: Int64, at: Instant) = (0, .now)
  }

  /// Orders and ended sessions kept at most; an agent takes both within seconds.
  private static let capacity = 1024

  let mustStop = Atomic(false)
  let wakeup: Wakeup
  /// What all seats together have spent on capturing, converting and encoding.
  let busyNanoseconds = Atomic<Int64>(0)
  /// What seats can encode with.
  let encoders: KnownEncoders
  private let seats: Int
  private let state: Mutex<State>

  init(seats: Int, encoder: EncoderKind) throws {
    self.seats = seats
    self.encoders = KnownEncoders(encoder)
    self.wakeup = try Wakeup()
    self.state = Mutex(State(occupancy: HostOccupancy(freeSeats: seats)))
  }

  func give(_ order: Order) {
    self.state.withLock { state in
      if state.orders.count < Self.capacity { state.orders.append(order) }
    }
    self.wakeup.signal()
  }

  func takeOrders() -> [Order] {
    self.state.withLock { state in
      guard !state.orders.isEmpty else { return [] }
      defer { state.orders = [] }
      return state.orders
    }
  }

  /// Publishes how things stand, and tells whoever listens.
  func publish(_ occupancy: HostOccupancy, ended: [EndedSession]) {
    let onChange = self.state.withLock { state -> (@Sendable () -> Void)? in
      guard state.occupancy != occupancy || !ended.isEmpty else { return nil }
      state.occupancy = occupancy
      state.ended += ended.prefix(Self.capacity - state.ended.count)
      return state.onChange
    }
    onChange?()
  }

  /// The network thread cannot go on.
  func fail(_ reason: String) {
    let onFailure = self.state.withLock { state in
      state.failure = reason
      return state.onFailure
    }
    onFailure?(reason)
  }

  var occupancy: HostOccupancy { self.state.withLock { $0.occupancy } }

  /// Calls `body` at once if the network thread has failed already.
  func onFailure(_ body: @escaping @Sendable (String) -> Void) {
    let failure = self.state.withLock { state in
      state.onFailure = body
      return state.failure
    }
    if let failure { body(failure) }
  }

  func onChange(_ body: @escaping @Sendable () -> Void) {
    self.state.withLock { $0.onChange = body }
  }

  func takeEnded() -> [EndedSession] {
    self.state.withLock { state in
      defer { state.ended = [] }
      return state.ended
    }
  }

  /// The part of its seats' time that went into pictures since the last call, 0 ... 1.
  func readEncoderLoad() -> Double {
    let (busy, now) = (self.busyNanoseconds.load(ordering: .relaxed), Instant.now)
    return self.state.withLock { state in
      let (last, at) = state.busyAtLastReading
      state.busyAtLastReading = (busy, now)
      let available = Double((now - at).wholeNanoseconds) * Double(self.seats)
      return available > 0 ? min(1, max(0, Double(busy - last) / available)) : 0
    }
  }
}
