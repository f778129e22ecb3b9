public import IndexAPI

/// Round trips to landmarks.
extension Matcher {
  /// Says which hosts are the network's landmarks, at most eight; round trips to others are not used any more. Unless
  /// told, the matcher takes the first eight that hosts have measured.
  public mutating func setLandmarks(_ landmarks: [HostID]) {
    let lost = self.slots.replace(with: landmarks)
    guard !lost.isEmpty, !self.hostLandmarks.isEmpty else { return }
    for row in self.hostLandmarks.indices {
      for lane in lost { self.hostLandmarks[row][lane] = .max }
    }
    self.refreshAll()
  }

  /// Replaces what a host has measured.
  public mutating func setLandmarks(_ host: HostID, _ vector: LandmarkVector?) {
    guard let row = self.rows.row(of: host, in: self.hosts) else { return }
    if let vector { self.slots.addAll(of: vector) }
    self.setLanes(row: row, self.slots.lanes(of: vector))
  }

  mutating func setLanes(row: Int, _ lanes: SIMD8<UInt16>) {
    if self.hostLandmarks.isEmpty {
      guard lanes != LandmarkSlots.none else { return }
      self.hostLandmarks.reserveCapacity(self.hosts.capacity)
      self.hostLandmarks.append(contentsOf: repeatElement(LandmarkSlots.none, count: self.hosts.count))
      self.nodeLandmarks.reserveCapacity(self.nodes.capacity)
      self.nodeLandmarks.append(contentsOf: repeatElement(LandmarkSlots.none, count: self.nodes.count))
    }
    guard self.hostLandmarks[row] != lanes else { return }
    self.hostLandmarks[row] = lanes
    self.refresh(from: self.leaf(ofRow: row))
  }
}
