public import DatagramIO
import GameStage
import Handshake
public import IndexAPI
public import Identity
public import Logging
public import SessionProtocol
import Synchronization

/// A running host: one UDP port, one network thread, and a seat for each player.
public final class HostServer: Sendable {
  /// Where players find this host.
  public let localAddress: SocketAddress
  public let publicKey: PublicKey
  private let control: HostControl
  private let thread: MediaThread

  /// Binds the port and starts serving.
  ///
  /// - Throws: ``SocketError`` when the port cannot be had.
  public static func start(_ configuration: HostConfiguration, logger: Logger) throws -> HostServer {
    Stage.sweepStale(configuration: configuration.stage)
    let control = try HostControl(seats: configuration.seats, encoder: configuration.encoder)
    // SAFETY: made here, and from now on touched only by the thread started below.
    nonisolated(unsafe) let loop = try HostLoop(configuration: configuration, control: control, logger: logger)
    let address = loop.localAddress
    let thread = MediaThread.start(name: "host-network") { loop.run() }
    return HostServer(
      localAddress: address,
      publicKey: configuration.identity.publicKey,
      control: control,
      thread: thread
    )
  }

  private init(localAddress: SocketAddress, publicKey: PublicKey, control: HostControl, thread: MediaThread) {
    self.localAddress = localAddress
    self.publicKey = publicKey
    self.control = control
    self.thread = thread
  }

  /// Says goodbye to every player, ends every game, and waits for both.
  public func stop() {
    self.control.mustStop.store(true, ordering: .relaxed)
    self.control.wakeup.signal()
    self.thread.join()
  }

  /// Calls `body` with the reason, once, should the host cease to serve by itself; ``stop()`` it then.
  ///
  /// - Parameter body: returns at once; replaces the one given before.
  public func onFailure(_ body: @escaping @Sendable (String) -> Void) { self.control.onFailure(body) }

  /// How busy the host is now.
  public var occupancy: HostOccupancy { self.control.occupancy }

  /// The sessions with tickets that have ended since the last call; at most 1,024 are kept.
  public func takeEnded() -> [EndedSession] { self.control.takeEnded() }

  /// The part of its seats' time that went into capturing and encoding since the last call, 0 ... 1.
  public func readEncoderLoad() -> Double { self.control.readEncoderLoad() }

  /// Calls `body`, on the network thread, whenever ``occupancy`` has changed or a session has ended.
  ///
  /// - Parameter body: returns at once; replaces the one given before.
  public func onChange(_ body: @escaping @Sendable () -> Void) { self.control.onChange(body) }

  /// The keys that tickets are checked with from now on.
  public func setKeys(_ keys: KeySet) { self.control.give(.setKeys(keys)) }

  /// Keeps a stage of the session's picture for it, and starts one if there is none and a seat is free.
  public func prepare(_ preparation: SessionPreparation) { self.control.give(.prepare(preparation)) }

  /// The session was given up or ended elsewhere: ends it here, or no longer expects it.
  public func release(_ session: SessionID) { self.control.give(.release(session)) }

  /// Whether to go on with the sessions that there are and take no new ones.
  public func setDraining(_ isDraining: Bool) { self.control.give(.drain(isDraining)) }
}
