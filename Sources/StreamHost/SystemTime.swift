import Glibc

/// The wall clock.
enum SystemTime {
  /// Seconds since 1970.
  static var unixSeconds: Int64 { Int64(time(nil)) }
}
