public import DatagramIO
import Handshake
public import Logging
public import SessionProtocol
import GameStage
import Synchronization

/// A running host: one UDP port, one network thread, and a seat for each player.
public final class HostServer: Sendable {
  /// Where players find this host.
  public let localAddress: SocketAddress
  public let publicKey: PublicKey
  private let control: Control
  private let thread: MediaThread

  /// What other threads may ask of the network thread.
  final class Control: Sendable {
    let mustStop = Atomic(false)
    let wakeup: Wakeup

    init() throws {
      self.wakeup = try Wakeup()
    }
  }

  /// Binds the port and starts serving.
  ///
  /// - Throws: ``SocketError`` when the port cannot be had.
  public static func start(_ configuration: HostConfiguration, logger: Logger) throws -> HostServer {
    Stage.sweepStale()
    let control = try Control()
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

  private init(localAddress: SocketAddress, publicKey: PublicKey, control: Control, thread: MediaThread) {
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
}
