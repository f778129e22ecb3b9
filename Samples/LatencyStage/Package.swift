// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "LatencyStage",
  dependencies: [.package(name: "martlet", path: "../..")],
  targets: [
    .systemLibrary(name: "CStage", providers: [.apt(["libxcb1-dev", "libxcb-shm0-dev", "libpulse-dev"])]),
    .executableTarget(
      name: "LatencyStage",
      dependencies: ["CStage", .product(name: "Martlet", package: "martlet")],
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
    ),
  ]
)
