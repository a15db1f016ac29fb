// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later

import PackageDescription

// A package of somebody else: it sees the products of the project and nothing beside them.
let package = Package(
  name: "consumer",
  dependencies: [.package(name: "plimsoll", path: "../..")],
  targets: [
    .executableTarget(
      name: "consumer",
      dependencies: [
        .product(name: "Quantities", package: "plimsoll"),
        .product(name: "Serving", package: "plimsoll"),
        .product(name: "Policies", package: "plimsoll"),
        .product(name: "DecisionLog", package: "plimsoll"),
        .product(name: "RequestPath", package: "plimsoll"),
        .product(name: "TokenEngine", package: "plimsoll"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
