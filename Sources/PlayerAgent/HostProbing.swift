import DatagramIO
public import IndexAPI
import Matching
import MediaUnits

/// Measures the way to hosts that an indexer has named.
public enum HostProbing {
  /// The median of three is steady enough to choose by, and soon there.
  private static let count = 3
  private static let capacity = 16

  /// - Parameters:
  ///   - hosts: the first 16 are probed; one whose address makes no sense is left out.
  ///   - limit: the longest that this takes.
  /// - Returns: what was measured, in the order of `hosts`; those that did not answer are left out.
  public static func measure(_ hosts: [HostEndpoint], limit: Duration) async -> [SessionOrder.Probe] {
    let targets = hosts.prefix(Self.capacity).compactMap { host in
      (try? SocketAddress(parsing: host.endpoint)).map { (host.host, $0) }
    }
    let results = try? await RoundTripProbe.measure(targets.map(\.1), count: Self.count, limit: limit)
    return zip(targets, results ?? []).compactMap { target, result in
      result.map { roundTrip in
        SessionOrder.Probe(
          host: target.0,
          roundTripMicroseconds: Int(roundTrip.median.wholeNanoseconds / 1000),
          jitterMicroseconds: Int(roundTrip.jitter.wholeNanoseconds / 1000)
        )
      }
    }
  }

  /// The round trips as a vector; `nil` if there are none.
  static func vector(of probes: [SessionOrder.Probe]) -> LandmarkVector? {
    LandmarkVector(
      probes.prefix(LandmarkVector.maximumCount).map {
        LandmarkVector.Entry(landmark: $0.host, microseconds: $0.roundTripMicroseconds)
      }
    )
  }
}
