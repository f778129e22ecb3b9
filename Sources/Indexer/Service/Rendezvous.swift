import IndexAPI

/// Who of several is responsible for something, so that all agree without talking and few change when one is lost.
///
/// - Source: Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998.
enum Rendezvous {
  static func winner(for host: HostID, among names: some Sequence<String>) -> String? {
    names.max { (Self.weight($0, host), $0) < (Self.weight($1, host), $1) }
  }

  private static func weight(_ name: String, _ host: HostID) -> UInt64 {
    // FNV-1a, then the finaliser of SplitMix64, since FNV's upper bits mix badly.
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    hash ^= host.high ^ host.low
    hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
    return hash ^ hash >> 31
  }
}
