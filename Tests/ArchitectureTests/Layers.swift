/// Which module stands where. A module may import only from the layers below its own.
enum Layers {
  /// Wrapped C libraries, and what Glibc's own module hides.
  static let c = ["CFFmpeg", "CYUV", "COpus", "COpenSSL", "CPulse", "CXCB", "CLinux", "CPostgres", "CISAL"]
  static let vocabulary = ["MediaUnits", "Octets", "RTP", "SessionProtocol", "LatencyStrip", "IndexAPI", "Charts"]
  static let machines = ["Transport", "Handshake", "NetworkSimulator", "Identity", "Matching", "Storage"]
  static let adapters = [
    "FFmpegCodec", "PixelConversion", "OpusCodec", "ErasureCoding", "SRTPProtection", "DatagramIO", "X11", "PulseAudio",
    "GameStage", "Presentation", "SessionReport", "SessionTrace", "SQLiteStorage", "PostgresStorage", "IndexClient",
  ]
  static let compositions = [
    "StreamHost", "StreamPlayer", "Indexer", "HostAgent", "PlayerAgent", "LoadTest", "LinkEmulator",
  ]
  static let programs = ["martlet"]

  static let all = [Self.c, Self.vocabulary, Self.machines, Self.adapters, Self.compositions, Self.programs]

  /// Layers 1 and 2: told the time, no I/O, no C, no Foundation.
  static let core = Self.vocabulary + Self.machines

  /// Imports within a layer: the vocabulary builds on its own two smallest modules.
  static let sideways: Set<[String]> = [
    ["RTP", "MediaUnits"], ["RTP", "Octets"], ["SessionProtocol", "MediaUnits"], ["SessionProtocol", "Octets"],
    ["LatencyStrip", "MediaUnits"],
  ]

  /// What the core may import from outside the package.
  static let external: [String: Set<String>] = [
    "Handshake": ["Crypto"], "Identity": ["Crypto"], "Storage": ["Synchronization"],
  ]

  /// Whether a phrase that the core must not use is allowed: a store is waited for, and many callers share it.
  static func mayWait(_ module: String, with phrase: String) -> Bool {
    module == "Storage" && [" async ", "await "].contains(phrase)
  }

  /// C modules that several adapters may share, since they hold declarations and own nothing.
  static let shared: Set<String> = ["CLinux"]

  static func layer(of module: String) -> Int? {
    Self.all.firstIndex { $0.contains(module) }
  }

  /// Why `module` may not import `imported`; `nil` if it may.
  static func objection(to imported: String, in module: String) -> String? {
    guard let layer = Self.layer(of: module) else { return "\(module) has no layer" }
    guard let importedLayer = Self.layer(of: imported) else {
      let isAllowed = !Self.core.contains(module) || Self.external[module]?.contains(imported) == true
      return isAllowed ? nil : "\(module) is pure and must not import \(imported)"
    }
    if importedLayer == 0, layer != 3 { return "only adapters import C, and \(module) imports \(imported)" }
    if importedLayer < layer || Self.sideways.contains([module, imported]) { return nil }
    return "\(module) must not import \(imported), which is not below it"
  }
}
