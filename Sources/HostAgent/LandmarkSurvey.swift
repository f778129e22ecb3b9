import DatagramIO
import IndexAPI

/// Measures round trips to the network's landmarks.
enum LandmarkSurvey {
  /// Landmarks in one vector.
  private static let capacity = 8

  /// - Parameter landmarks: those that cannot be reached are left out of the result.
  /// - Returns: ``LandmarkVector`` text; empty if none answers.
  static func measure(_ landmarks: [HostEndpoint]) async throws -> String {
    let known = landmarks.prefix(Self.capacity).compactMap { landmark in
      (try? SocketAddress(parsing: landmark.endpoint)).map { (host: landmark.host, address: $0) }
    }
    let roundTrips = try await RoundTripProbe.measure(known.map(\.address))
    return zip(known, roundTrips).compactMap { landmark, roundTrip in
      roundTrip.map { "\(landmark.host):\(Int($0.median / .microseconds(1)))" }
    }.joined(separator: ",")
  }
}
