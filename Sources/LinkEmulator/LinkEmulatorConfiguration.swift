public import DatagramIO
public import NetworkSimulator

/// What a ``LinkEmulator`` stands between, and what it does to datagrams.
public struct LinkEmulatorConfiguration: Sendable {
  /// Where clients send to; port 0 lets the system choose.
  public var listen: SocketAddress
  /// Where their datagrams go on to.
  public var target: SocketAddress
  /// From clients to the target.
  public var up: LinkConditions
  /// From the target to clients.
  public var down: LinkConditions
  /// How conditions change, from each client's first datagram on.
  public var schedule: LinkSchedule
  /// Where all chance comes from; each client and direction draws its own.
  public var seed: UInt64
  /// Clients beyond are not served.
  public var maximumClientCount: Int
  /// A client that neither sends nor is sent anything for so long is forgotten.
  public var idleTimeout: Duration

  public init(
    listen: SocketAddress,
    target: SocketAddress,
    up: LinkConditions,
    down: LinkConditions,
    schedule: LinkSchedule = LinkSchedule(),
    seed: UInt64 = 1,
    maximumClientCount: Int = 256,
    idleTimeout: Duration = .seconds(60)
  ) {
    self.listen = listen
    self.target = target
    self.up = up
    self.down = down
    self.schedule = schedule
    self.seed = seed
    self.maximumClientCount = maximumClientCount
    self.idleTimeout = idleTimeout
  }
}
