import IndexAPI

/// Joins hosts that stand near each other, so that a map has a bounded number of points and tells no home.
struct PlaceGrid {
  private struct Cell: Hashable {
    var row: Int
    var column: Int
  }

  /// - Parameter limit: how many places there may be, above 0.
  /// - Returns: places by latitude and longitude, on a grid of half a degree, or of a coarser one where there would be
  ///   more than `limit`.
  static func places(of hosts: [NetworkFigures.HostPoint], limit: Int = 2_000) -> [NetworkStatus.Place] {
    var size = 0.5
    var cells = Self.cells(of: hosts, size: size)
    // At 180 degrees there are six cells.
    while cells.count > max(limit, 6) {
      size *= 2
      cells = Self.cells(of: hosts, size: size)
    }
    return cells.values.sorted { ($0.latitude, $0.longitude) < ($1.latitude, $1.longitude) }
  }

  private static func cells(of hosts: [NetworkFigures.HostPoint], size: Double) -> [Cell: NetworkStatus.Place] {
    var cells: [Cell: NetworkStatus.Place] = [:]
    for host in hosts where host.state != .offline {
      guard let place = host.place, place.latitude.isFinite, place.longitude.isFinite else { continue }
      let latitude = max(-90, min(90, place.latitude))
      let longitude = max(-180, min(180, place.longitude))
      let cell = Cell(row: Int((latitude / size).rounded()), column: Int((longitude / size).rounded()))
      var joined =
        cells[cell]
        ?? NetworkStatus.Place(
          latitude: max(-90, min(90, Double(cell.row) * size)),
          longitude: max(-180, min(180, Double(cell.column) * size)),
          region: host.region,
          hosts: 0,
          ready: 0,
          seats: 0,
          freeSeats: 0
        )
      if joined.region != host.region { joined.region = nil }
      joined.hosts += 1
      joined.ready += host.state == .standby ? 1 : 0
      joined.seats += host.offeredSeats
      joined.freeSeats += host.freeSeats
      cells[cell] = joined
    }
    return cells
  }
}

extension NetworkFigures.HostPoint {
  /// What a player could have now.
  var freeSeats: Int {
    self.state == .standby ? max(0, self.offeredSeats - self.usedSeats) : 0
  }
}
