public import DatagramIO

/// A stretch of network between two network namespaces, or between one and this process's own: whole IP packets pass a
/// ``SimulatedLink`` each way, between a network device at each end.
///
/// Unlike a ``LinkEmulator``, it is one link for all who are at its ends, so that flows of all kinds share it. Runs on a
/// thread of its own. Link-local packets do not pass.
public final class TunnelEmulator: EmulatedLink {
  /// One end.
  public struct End: Hashable, Sendable {
    /// `nil` for the namespace that this process is in.
    public let namespace: String?
    public let device: String
    public let ipv4: SocketAddress
    /// `nil` where the system has IPv6 turned off.
    public let ipv6: SocketAddress?
  }

  private static let namePrefix = "martlet"

  public let players: End
  public let hosts: End
  public let thread: LinkThread

  /// Makes the devices, and the namespaces that are missing, and starts to pass packets on.
  ///
  /// Of the networks 198.18.0.0/30, 198.18.1.0/30 and so on, it takes the first that no other emulator has at these ends.
  ///
  /// - Throws: ``SocketError`` when the machine or our rights do not allow that.
  public static func start(_ configuration: TunnelConfiguration) throws(SocketError) -> TunnelEmulator {
    let control = try LinkControl()
    let players = try NetworkNamespace(named: configuration.players)
    let hosts: NetworkNamespace
    if let name = configuration.hosts {
      hosts = try NetworkNamespace(named: name)
    } else {
      hosts = try NetworkNamespace()
    }
    for number in UInt8.min..<UInt8.max {
      do throws(SocketError) {
        return try TunnelEmulator(configuration, link: number, players: players, hosts: hosts, control: control)
      } catch {
        guard error.isNameTaken else { throw error }
      }
    }
    // With so many links there is hardly anything else to be told.
    return try TunnelEmulator(configuration, link: .max, players: players, hosts: hosts, control: control)
  }

  private init(
    _ configuration: TunnelConfiguration,
    link: UInt8,
    players: NetworkNamespace,
    hosts: NetworkNamespace,
    control: LinkControl
  ) throws(SocketError) {
    let name = "\(Self.namePrefix)\(link)"
    let (near, far) = (TunnelAddresses(link: link, end: 1), TunnelAddresses(link: link, end: 2))
    let hostDevice = try TunnelDevice(name: name, addresses: near, in: hosts)
    let playerDevice = try TunnelDevice(name: name, addresses: far, in: players)
    func end(_ device: borrowing TunnelDevice, _ namespace: NetworkNamespace, _ addresses: TunnelAddresses) -> End {
      End(
        namespace: namespace.name,
        device: device.name,
        ipv4: addresses.ipv4,
        ipv6: device.hasIPv6 ? addresses.ipv6 : nil
      )
    }
    self.hosts = end(hostDevice, hosts, near)
    self.players = end(playerDevice, players, far)
    // SAFETY: made here, and from now on touched only by the thread started below.
    nonisolated(unsafe) let loop = TunnelLoop(
      configuration: configuration,
      players: playerDevice,
      hosts: hostDevice,
      control: control
    )
    self.thread = LinkThread(name: "tunnel", control: control) {
      loop.run()
      // Their devices end with this thread, and with those what was made for them.
      for namespace in [players, hosts] { namespace.remove() }
    }
  }
}
