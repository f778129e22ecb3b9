public import IndexAPI

/// What the distance between two places says about the round trip between them.
public enum Geography {
  /// Light in glass covers 200 km in a millisecond, and has to come back.
  public static let kilometresPerMillisecond = 100.0
  /// What the access networks at both ends add to the distance, in microseconds.
  public static let accessMicroseconds = 2_000.0
  /// The Earth's mean radius.
  public static let radiusKilometres = 6_371.0

  static let microsecondsPerRadian = Self.radiusKilometres / Self.kilometresPerMillisecond * 1_000

  /// The round trip to expect along the great circle.
  public static func estimate(from first: Place, to second: Place) -> Duration {
    let chordSquared = UnitVector(first).chordSquared(to: UnitVector(second))
    return .microseconds(Int(Self.microseconds(chordSquared: chordSquared).rounded()))
  }

  /// - Parameter chordSquared: the square of the straight line between two points of the unit sphere, 0 ... 4.
  static func microseconds(chordSquared: Float) -> Double {
    let half = min(1, Double(chordSquared).squareRoot() / 2)
    return 2 * Self.arcsine(half) * Self.microsecondsPerRadian + Self.accessMicroseconds
  }

  /// Less than ``microseconds(chordSquared:)``, and sooner known: an arc is longer than its chord.
  static func leastMicroseconds(chordSquared: Float) -> Double {
    Double(chordSquared.squareRoot()) * (Self.microsecondsPerRadian * 0.999_99) + Self.accessMicroseconds
  }

  /// The other way round, never too small: beyond it, the round trip is longer than `microseconds`.
  static func chordSquared(microseconds: Double) -> Float {
    let angle = (microseconds - Self.accessMicroseconds) / Self.microsecondsPerRadian / 2
    guard angle < .pi / 2 else { return .infinity }
    guard angle > 0 else { return 0 }
    let sine = Self.sine(angle)
    // What rounding to single precision and the series leave out.
    return Float(4 * sine * sine) * 1.000_01 + 1e-13
  }

  /// - Parameter angle: radians, -2π ... 2π.
  static func sine(_ angle: Double) -> Double {
    // To -π/2 ... π/2 by symmetry.
    var reduced = angle
    if reduced > .pi { reduced -= 2 * .pi }
    if reduced < -.pi { reduced += 2 * .pi }
    if reduced > .pi / 2 { reduced = .pi - reduced }
    if reduced < -.pi / 2 { reduced = -.pi - reduced }
    let square = reduced * reduced
    // Taylor's series to the 17th power, the first term left out being 2e-13 at π/2.
    var sum = 2.8114572543455206e-15
    sum = sum * square - 7.647163731819816e-13
    sum = sum * square + 1.6059043836821613e-10
    sum = sum * square - 2.505210838544172e-08
    sum = sum * square + 2.7557319223985893e-06
    sum = sum * square - 0.0001984126984126984
    sum = sum * square + 0.008333333333333333
    sum = sum * square - 0.16666666666666666
    sum = sum * square + 1.0
    return reduced * sum
  }

  static func cosine(_ angle: Double) -> Double {
    Self.sine(angle > 0 ? .pi / 2 - angle : .pi / 2 + angle)
  }

  /// - Parameter value: 0 ... 1.
  static func arcsine(_ value: Double) -> Double {
    // asin x = π/2 - 2 asin √((1 - x)/2) keeps the argument where the series is short.
    guard value <= 0.5 else { return .pi / 2 - 2 * Self.arcsine(((1 - value) / 2).squareRoot()) }
    let square = value * value
    // Taylor's series to the 25th power, the first term left out being 6e-11 at 1/2.
    var sum = 0.006447210311889649
    sum = sum * square + 0.0073125258735988454
    sum = sum * square + 0.008390335809616815
    sum = sum * square + 0.009761609529194078
    sum = sum * square + 0.011551800896139705
    sum = sum * square + 0.01396484375
    sum = sum * square + 0.017352764423076924
    sum = sum * square + 0.022372159090909092
    sum = sum * square + 0.030381944444444444
    sum = sum * square + 0.044642857142857144
    sum = sum * square + 0.075
    sum = sum * square + 0.16666666666666666
    sum = sum * square + 1.0
    return value * sum
  }
}

/// A place as a point of the unit sphere, where neither the poles nor the antimeridian are special.
struct UnitVector: Hashable {
  var x: Float
  var y: Float
  var z: Float

  init(x: Float, y: Float, z: Float) {
    self.x = x
    self.y = y
    self.z = z
  }

  /// Coordinates out of range count as the nearest in range.
  init(_ place: Place) {
    let latitude = max(-90, min(90, place.latitude)) * .pi / 180
    let longitude = max(-180, min(180, place.longitude)) * .pi / 180
    let circle = Geography.cosine(latitude)
    self.x = Float(circle * Geography.cosine(longitude))
    self.y = Float(circle * Geography.sine(longitude))
    self.z = Float(Geography.sine(latitude))
  }

  /// - Parameter axis: 0 ... 2.
  subscript(axis: Int) -> Float {
    switch axis {
    case 0: self.x
    case 1: self.y
    default: self.z
    }
  }

  @inline(__always)
  func chordSquared(to other: UnitVector) -> Float {
    let (x, y, z) = (self.x - other.x, self.y - other.y, self.z - other.z)
    return x * x + y * y + z * z
  }
}
