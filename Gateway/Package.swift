// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// A product of the project beside this package, all of them under Apache-2.0.
func project(_ name: String) -> Target.Dependency { .product(name: name, package: "plimsoll") }

/// A module of SwiftNIO.
func nio(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-nio") }

let package = Package(
  name: "plimsoll-gateway",
  products: [
    .executable(name: "plimsoll-gateway", targets: ["plimsoll-gateway"]),
    .executable(name: "plimsoll-engine", targets: ["plimsoll-engine"]),
  ],
  dependencies: [
    .package(name: "plimsoll", path: ".."),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(name: "OpenAIProtocol", swiftSettings: strict),
    .target(
      name: "GatewayCore",
      dependencies: [
        "OpenAIProtocol", project("Digests"), project("DecisionLog"), project("Policies"),
        project("Quantities"), project("RequestPath"), project("Serving"),
      ], swiftSettings: strict),
    .target(
      name: "GatewayServer",
      dependencies: [
        "GatewayCore", "OpenAIProtocol", project("Digests"), project("Policies"),
        project("Quantities"), project("Serving"), nio("NIOCore"), nio("NIOConcurrencyHelpers"),
        nio("NIOHTTP1"), nio("NIOPosix"), .product(name: "Yams", package: "Yams"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "plimsoll-gateway", dependencies: ["GatewayServer"], swiftSettings: strict),
    .executableTarget(
      name: "plimsoll-engine",
      dependencies: [
        "OpenAIProtocol", project("TokenEngine"), nio("NIOCore"), nio("NIOHTTP1"), nio("NIOPosix"),
      ], swiftSettings: strict),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "GatewayCore", "GatewayServer", "OpenAIProtocol", project("DecisionLog"),
        project("Digests"), project("Policies"), project("Quantities"), project("RequestPath"),
        project("Serving"),
      ], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
