// swift-tools-version: 6.2

import PackageDescription

/// One set of rules for every Swift target; a target may add to it, never take away.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
]

/// Layers 1 and 2 add this: every unsafe expression is marked, so they can be counted.
let safe = strict + [.strictMemorySafety()]

let package = Package(
  name: "martlet",
  products: [
    .executable(name: "martlet", targets: ["martlet"]),
    .executable(name: "latency-stage", targets: ["latency-stage"]),
    // What the benchmarks measure from a package of their own.
    .library(name: "PacketPath", targets: ["MediaUnits", "SessionProtocol", "SRTPProtection", "DatagramIO"]),
    .library(
      name: "FindAndReserve",
      targets: ["MediaUnits", "IndexAPI", "Identity", "Matching", "Storage", "SQLiteStorage", "PostgresStorage"]
    ),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // The control plane's; no media target depends on them.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
  ],
  targets: [
    // Layer 0: C. Each module is imported by the one adapter that owns it.
    .systemLibrary(
      name: "CFFmpeg",
      pkgConfig: "libavcodec libavformat libavutil",
      providers: [.apt(["libavcodec-dev", "libavformat-dev", "libavutil-dev"])]
    ),
    .systemLibrary(name: "CYUV", providers: [.apt(["libyuv-dev"])]),
    .systemLibrary(name: "COpus", pkgConfig: "opus", providers: [.apt(["libopus-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    // Its .pc file asks for flags that the package manager prohibits; the module map links it.
    .systemLibrary(name: "CPulse", providers: [.apt(["libpulse-dev"])]),
    .systemLibrary(
      name: "CXCB",
      pkgConfig: "xcb xcb-shm xcb-damage xcb-xfixes xcb-xtest xcb-randr xcb-xkb xcb-xinput xcb-keysyms",
      providers: [
        .apt([
          "libxcb1-dev", "libxcb-shm0-dev", "libxcb-damage0-dev", "libxcb-xfixes0-dev", "libxcb-xtest0-dev",
          "libxcb-randr0-dev", "libxcb-xkb-dev", "libxcb-xinput-dev", "libxcb-keysyms1-dev",
        ])
      ]
    ),
    .target(name: "CLinux"),
    .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

    // Layer 1: vocabulary and wire formats. Standard library only.
    .target(name: "MediaUnits", swiftSettings: safe),
    .target(name: "Octets", swiftSettings: safe),
    .target(name: "RTP", dependencies: ["MediaUnits", "Octets"], swiftSettings: safe),
    .target(name: "SessionProtocol", dependencies: ["MediaUnits", "Octets"], swiftSettings: safe),
    .target(name: "LatencyStrip", dependencies: ["MediaUnits"], swiftSettings: safe),
    .target(name: "IndexAPI", swiftSettings: safe),
    .target(name: "Charts", swiftSettings: safe),

    // Layer 2: sans-IO state machines. Told the time; no C, no clock, no Foundation.
    .target(name: "Transport", dependencies: ["MediaUnits", "Octets", "RTP", "SessionProtocol"], swiftSettings: safe),
    .target(
      name: "Handshake",
      dependencies: ["MediaUnits", "Octets", "SessionProtocol", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: safe
    ),
    .target(name: "NetworkSimulator", dependencies: ["MediaUnits"], swiftSettings: safe),
    .target(
      name: "Identity",
      dependencies: ["IndexAPI", "Octets", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: safe
    ),
    .target(name: "Matching", dependencies: ["MediaUnits", "IndexAPI"], swiftSettings: safe),
    .target(name: "Storage", dependencies: ["MediaUnits", "IndexAPI"], swiftSettings: safe),

    // Layer 3: adapters. Each owns one OS or C resource; none imports another.
    .target(name: "FFmpegCodec", dependencies: ["CFFmpeg", "MediaUnits", "RTP"], swiftSettings: strict),
    .target(name: "PixelConversion", dependencies: ["CYUV", "MediaUnits"], swiftSettings: strict),
    .target(name: "OpusCodec", dependencies: ["COpus", "MediaUnits"], swiftSettings: strict),
    .target(name: "ErasureCoding", dependencies: ["CISAL", "Transport"], swiftSettings: strict),
    .target(
      name: "SRTPProtection",
      dependencies: ["COpenSSL", "MediaUnits", "Octets", "SessionProtocol"],
      swiftSettings: strict
    ),
    .target(name: "DatagramIO", dependencies: ["CLinux", "MediaUnits", "SessionProtocol"], swiftSettings: strict),
    .target(name: "X11", dependencies: ["CXCB", "MediaUnits", "SessionProtocol"], swiftSettings: strict),
    .target(name: "PulseAudio", dependencies: ["CPulse", "MediaUnits"], swiftSettings: strict),
    .target(
      name: "GameStage",
      dependencies: ["CLinux", "MediaUnits", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict
    ),
    .target(name: "Presentation", dependencies: ["CLinux", "MediaUnits", "SessionProtocol"], swiftSettings: strict),
    .target(
      name: "SessionReport",
      dependencies: ["MediaUnits", "RTP", "Transport", "Charts"],
      swiftSettings: strict
    ),
    .target(name: "SessionTrace", dependencies: ["MediaUnits", "Transport", "Charts"], swiftSettings: strict),
    .target(
      name: "SQLiteStorage",
      dependencies: [
        "MediaUnits", "IndexAPI", "Storage", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "PostgresStorage",
      dependencies: ["MediaUnits", "IndexAPI", "Storage", "CPostgres"],
      swiftSettings: strict
    ),
    .target(
      name: "IndexClient",
      dependencies: [
        "IndexAPI", "Identity", .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict
    ),

    // Layer 4: compositions. Adapters wired to state machines.
    .target(
      name: "StreamHost",
      dependencies: [
        "MediaUnits", "Octets", "RTP", "SessionProtocol", "IndexAPI", "Identity", "Transport", "Handshake",
        "FFmpegCodec", "PixelConversion", "OpusCodec", "ErasureCoding", "SRTPProtection", "DatagramIO", "X11",
        "PulseAudio", "GameStage", "SessionTrace", .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "StreamPlayer",
      dependencies: [
        "MediaUnits", "Octets", "RTP", "SessionProtocol", "LatencyStrip", "Transport", "Handshake", "FFmpegCodec",
        "PixelConversion", "OpusCodec", "ErasureCoding", "SRTPProtection", "DatagramIO", "X11", "PulseAudio",
        "Presentation",
        "SessionReport", .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict
    ),

    .target(
      name: "Indexer",
      dependencies: [
        "MediaUnits", "IndexAPI", "Identity", "Matching", "Storage", "SQLiteStorage", "PostgresStorage",
        .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
      ],
      // A link to Protocol/openapi.yaml: an indexer shows it, and is one file.
      resources: [.embedInCode("HTTP/openapi.yaml")],
      swiftSettings: strict
    ),
    .target(
      name: "LinkEmulator",
      dependencies: ["MediaUnits", "Octets", "NetworkSimulator", "DatagramIO"],
      swiftSettings: strict
    ),
    .target(
      name: "HostAgent",
      dependencies: [
        "MediaUnits", "IndexAPI", "Identity", "IndexClient", "DatagramIO",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "PlayerAgent",
      dependencies: [
        "MediaUnits", "Octets", "SessionProtocol", "IndexAPI", "Identity", "Matching", "IndexClient", "DatagramIO",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict
    ),

    .target(
      name: "LoadTest",
      dependencies: [
        "MediaUnits", "Octets", "RTP", "SessionProtocol", "LatencyStrip", "Charts", "Transport", "Handshake",
        "NetworkSimulator", "ErasureCoding",
        "FFmpegCodec", "SRTPProtection", "DatagramIO", "Presentation", "SessionReport",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict
    ),

    // Layer 5: the one executable. Parse, configure, run.
    .executableTarget(
      name: "martlet",
      dependencies: [
        "MediaUnits", "SessionProtocol", "Handshake", "GameStage", "DatagramIO", "FFmpegCodec", "Presentation",
        "SessionReport", "StreamHost", "StreamPlayer", "IndexAPI", "Identity", "Matching", "IndexClient", "Indexer",
        "HostAgent", "PlayerAgent", "LoadTest", "LinkEmulator", "NetworkSimulator", "SessionTrace",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict
    ),

    // A stand-in for a game that measures delay from pixels.
    .systemLibrary(
      name: "CStage",
      path: "Samples/LatencyStage/CStage",
      providers: [.apt(["libxcb1-dev", "libxcb-shm0-dev", "libpulse-dev"])]
    ),
    .executableTarget(
      name: "latency-stage",
      dependencies: ["CStage", "LatencyStrip", "MediaUnits"],
      path: "Samples/LatencyStage",
      exclude: ["CStage", "README.md", "game.yaml"],
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
    ),

    // Hostile input of a fixed seed for every parser; built for release, or a million inputs take too long.
    .executableTarget(
      name: "parser-fuzz",
      dependencies: [
        "MediaUnits", "Octets", "RTP", "SessionProtocol", "Handshake", "SRTPProtection", "GameStage", "Presentation",
        "IndexAPI", "Identity", "Matching", "NetworkSimulator", "LoadTest", "SessionTrace", "Transport",
        "LinkEmulator", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Fuzzing/Seeded",
      swiftSettings: strict
    ),

    // Martlet and rivals over recorded networks, in virtual time; built for release, or hours of video take too long.
    .target(
      name: "NetworkTrials",
      dependencies: ["MediaUnits", "Octets", "RTP", "SessionProtocol", "Transport", "NetworkSimulator"],
      path: "Tests/Benchmarks/NetworkTrials/Trials",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "network-trials",
      dependencies: [
        "NetworkTrials", "NetworkSimulator", "MediaUnits",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Benchmarks/NetworkTrials/Program",
      swiftSettings: strict
    ),

    // Reserves in a store until it is killed, and says what was acknowledged; the durability tests kill it.
    .executableTarget(
      name: "storage-writer",
      dependencies: ["MediaUnits", "IndexAPI", "Storage", "SQLiteStorage", "PostgresStorage"],
      path: "Tests/StorageTests/Writer",
      swiftSettings: strict
    ),

    // Chaos: what is done to a network's seats is written down, and checked to be explicable one host at a time.
    .target(name: "SeatHistory", path: "Tests/Chaos/SeatHistory", swiftSettings: strict),
    .executableTarget(
      name: "network-load",
      dependencies: [
        "MediaUnits", "IndexAPI", "Identity", "SeatHistory",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Chaos/Load",
      swiftSettings: strict
    ),

    // Tests mirror the targets.
    .testTarget(name: "MediaUnitsTests", dependencies: ["MediaUnits"], swiftSettings: strict),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"], swiftSettings: strict),
    .testTarget(name: "RTPTests", dependencies: ["RTP", "MediaUnits", "Octets"], swiftSettings: strict),
    .testTarget(
      name: "SessionProtocolTests",
      dependencies: ["SessionProtocol", "MediaUnits", "Octets"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "NetworkSimulatorTests",
      dependencies: ["NetworkSimulator", "MediaUnits"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "LinkEmulatorTests",
      dependencies: ["LinkEmulator", "NetworkSimulator", "DatagramIO", "MediaUnits", "Octets"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "TransportTests",
      dependencies: ["Transport", "RTP", "SessionProtocol", "NetworkSimulator", "MediaUnits", "Octets"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "HandshakeTests",
      dependencies: ["Handshake", "SessionProtocol", "MediaUnits", "Octets"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ProtectionTests",
      dependencies: ["SRTPProtection", "DatagramIO", "SessionProtocol", "MediaUnits", "Octets"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "CodecTests",
      dependencies: ["CFFmpeg", "FFmpegCodec", "PixelConversion", "OpusCodec", "MediaUnits"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ErasureCodingTests",
      dependencies: ["ErasureCoding", "Transport", "MediaUnits"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "StageTests",
      dependencies: [
        "martlet", "CXCB", "X11", "PulseAudio", "GameStage", "LatencyStrip", "SessionProtocol", "MediaUnits",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "PresentationTests",
      dependencies: ["CPulse", "PulseAudio", "X11", "Presentation", "SessionReport", "SessionProtocol", "MediaUnits"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "StutterTests",
      dependencies: ["SessionReport", "Transport", "NetworkSimulator", "RTP", "MediaUnits", "Octets"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "SessionTraceTests",
      dependencies: ["SessionTrace", "Transport", "MediaUnits"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "StreamHostTests",
      dependencies: [
        "martlet", "StreamHost", "GameStage", "FFmpegCodec", "DatagramIO", "Handshake", "Identity", "IndexAPI",
        "SessionProtocol", "SessionTrace", "Transport", "MediaUnits", "Octets",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "martlet", "network-load", "StreamHost", "StreamPlayer", "LoadTest", "SessionReport", "SessionProtocol",
        "Handshake",
        "MediaUnits", "Identity", "IndexAPI", "IndexClient", .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict
    ),
    .testTarget(name: "IdentityTests", dependencies: ["Identity", "IndexAPI", "Octets"], swiftSettings: strict),
    .testTarget(name: "MatchingTests", dependencies: ["Matching", "IndexAPI", "MediaUnits"], swiftSettings: strict),
    .testTarget(
      name: "StorageTests",
      dependencies: [
        "Storage", "SQLiteStorage", "PostgresStorage", "IndexAPI", "MediaUnits", "storage-writer",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Writer"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "IndexerTests",
      dependencies: [
        "Indexer", "IndexClient", "HostAgent", "PlayerAgent", "Identity", "Matching", "Storage", "SQLiteStorage",
        "IndexAPI", "MediaUnits", .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "SeatHistoryTests",
      dependencies: ["SeatHistory", "MediaUnits"],
      path: "Tests/Chaos/SeatHistoryTests",
      swiftSettings: strict
    ),
    .testTarget(
      name: "LoadTestTests",
      dependencies: [
        "LoadTest", "NetworkSimulator", "Presentation", "SessionReport", "SessionProtocol", "Transport", "RTP",
        "MediaUnits",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "NetworkTrialsTests",
      dependencies: ["NetworkTrials", "NetworkSimulator", "MediaUnits"],
      path: "Tests/Benchmarks/NetworkTrials/Tests",
      swiftSettings: strict
    ),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
  ]
)
