import IndexAPI

/// Which landmark is in which of the eight lanes that hosts have for their round trips.
struct LandmarkSlots {
  /// In every lane: not measured.
  static let none = SIMD8<UInt16>(repeating: .max)
  /// What one step of a lane means.
  static let microsecondsPerStep = 16
  /// Longer round trips count as this one, 524 ms, so that the sum of two is less than ``none``.
  static let maximum: UInt16 = 0x7FFF

  private(set) var landmarks: [HostID?] = Array(repeating: nil, count: LandmarkVector.maximumCount)

  /// Gives lanes to `landmarks`, taking them from those that are none any more.
  ///
  /// - Returns: the lanes that have lost their landmark.
  mutating func replace(with landmarks: some Sequence<HostID>) -> [Int] {
    let wanted = Array(landmarks.prefix(LandmarkVector.maximumCount))
    var lost: [Int] = []
    for (lane, landmark) in self.landmarks.enumerated() {
      guard let landmark, !wanted.contains(landmark) else { continue }
      self.landmarks[lane] = nil
      lost.append(lane)
    }
    for landmark in wanted { self.add(landmark) }
    return lost
  }

  /// Gives a lane to each landmark of `vector` that has none, while there are any.
  mutating func addAll(of vector: LandmarkVector) {
    for entry in vector.entries { self.add(entry.landmark) }
  }

  func lanes(of vector: LandmarkVector?) -> SIMD8<UInt16> {
    var lanes = Self.none
    for entry in vector?.entries ?? [] {
      guard let lane = self.landmarks.firstIndex(of: entry.landmark) else { continue }
      let steps = (entry.microseconds + Self.microsecondsPerStep / 2) / Self.microsecondsPerStep
      lanes[lane] = UInt16(min(steps, Int(Self.maximum)))
    }
    return lanes
  }

  /// One bit for each lane that is known.
  static func known(_ lanes: SIMD8<UInt16>) -> UInt8 {
    var bits: UInt8 = 0
    for lane in 0..<8 where lanes[lane] != .max { bits |= 1 << UInt8(lane) }
    return bits
  }

  /// - Returns: the shortest way by a landmark, in microseconds; `nil` if the two have none in common.
  static func estimate(_ first: SIMD8<UInt16>, _ second: SIMD8<UInt16>) -> UInt32? {
    let sums = SIMD8<UInt32>(truncatingIfNeeded: first) &+ SIMD8<UInt32>(truncatingIfNeeded: second)
    let steps = sums.min()
    return steps < UInt32(UInt16.max) ? steps * UInt32(Self.microsecondsPerStep) : nil
  }

  private mutating func add(_ landmark: HostID) {
    guard !self.landmarks.contains(landmark), let lane = self.landmarks.firstIndex(of: nil) else { return }
    self.landmarks[lane] = landmark
  }
}
