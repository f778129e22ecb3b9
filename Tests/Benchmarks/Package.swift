// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "martlet", path: "../..")],
  targets: [
    .systemLibrary(name: "CSRTP", path: "CSRTP", providers: [.apt(["libsrtp2-dev"])]),
    .target(name: "CAllocationCount", path: "CAllocationCount"),
    .executableTarget(
      name: "srtp-send",
      dependencies: ["CSRTP", "CAllocationCount", .product(name: "PacketPath", package: "martlet")],
      path: "SRTPSend",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "find-and-reserve",
      dependencies: [.product(name: "FindAndReserve", package: "martlet")],
      path: "FindAndReserve",
      swiftSettings: strict
    ),
  ]
)
