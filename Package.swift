// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later

import PackageDescription

let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// One folder under `Sources/`, built with the project's settings.
func house(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one target, or of several that only make sense together.
///
/// Without debug information, since an expectation that fails names its line. Most tests wait for the code under test;
/// only those that compute much themselves are worth the compiler's time for optimising them.
func tests(
  _ name: String, _ dependencies: [Target.Dependency], excluding files: [String] = [],
  isOptimised: Bool = false
) -> Target {
  let quick = isOptimised ? ["-gnone"] : ["-gnone", "-Onone"]
  return .testTarget(
    name: name, dependencies: dependencies, exclude: files,
    swiftSettings: strict + [.unsafeFlags(quick)])
}

let package = Package(
  name: "plimsoll",
  products: [
    .library(name: "Quantities", targets: ["Quantities"]),
    .library(name: "Serving", targets: ["Serving"]),
    .library(name: "Digests", targets: ["Digests"]),
    .library(name: "Policies", targets: ["Policies"]),
    .library(name: "DecisionLog", targets: ["DecisionLog"]),
    .library(name: "TokenEngine", targets: ["TokenEngine"]),
    .library(name: "RequestPath", targets: ["RequestPath"]),
    .executable(name: "plimsoll", targets: ["plimsoll"]),
    .executable(name: "plimsoll-policies", targets: ["plimsoll-policies"]),
    .executable(name: "plimsoll-bench", targets: ["plimsoll-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CGSL", pkgConfig: "gsl",
      providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),

    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),

    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),

    .systemLibrary(name: "CAllocator"),
    .systemLibrary(name: "CProcess"),
    .target(name: "CVectors"),
    .target(name: "CCatalogue"),

    // Only a build that names its commit knows it: any other would be made anew after each.
    .target(
      name: "CBuild",
      cSettings: (Context.environment["PLIMSOLL_COMMIT"] ?? "").isEmpty
        ? []
        : [.define("PLIMSOLL_COMMIT", to: "\"\(Context.environment["PLIMSOLL_COMMIT"] ?? "")\"")]),

    // Level 0
    house("Quantities", []),
    house("RandomStreams", ["CVectors"]),
    house("Columns", []),
    house("TokenEngine", []),
    house("Digests", ["COpenSSL"]),
    house("SQLite", ["CSQLite"]),

    // Level 1
    house("Serving", ["Quantities"]),
    house("Inputs", ["CZlib", "Quantities", "TokenEngine"]),
    house("EventKernel", ["Quantities"]),
    house("Numerics", ["CGSL", "RandomStreams"]),

    // Level 2
    house("Policies", ["Columns", "Digests", "Quantities", "RandomStreams", "Serving"]),
    house(
      "Workload",
      ["Columns", "Quantities", "RandomStreams", "TokenEngine", "Inputs", "Numerics"]),
    house(
      "ReplicaModel",
      ["Columns", "Quantities", "RandomStreams", "Serving", "Numerics", "TokenEngine"]),
    house("CloudModel", ["Quantities", "RandomStreams", "Serving", "Numerics"]),
    house("EngineFiles", ["Inputs", "Quantities", "TokenEngine"]),
    house("Catalogue", ["CCatalogue", "Inputs", "Quantities", "TokenEngine"]),
    house("Statistics", ["Numerics"]),
    house("Recording", ["Columns", "Quantities", "RandomStreams", "Serving", "Statistics"]),

    // Level 3
    house(
      "Scenario",
      [
        "Quantities", "RandomStreams", "Serving", "Inputs", "Numerics", "Policies", "Workload",
        "ReplicaModel", "CloudModel", "EngineFiles", "TokenEngine", "Catalogue", yams,
      ]),
    house("ResultsStore", ["Quantities", "Serving", "Recording", "Statistics", "SQLite"]),
    house(
      "Calibration",
      [
        "Quantities", "RandomStreams", "Inputs", "Numerics", "CloudModel", "Statistics",
        "TokenEngine",
      ]),

    house("DecisionLog", ["Quantities", "Serving", "Policies"]),

    // Level 4
    house("RequestPath", ["Columns", "Quantities", "Serving", "Policies", "DecisionLog"]),
    house(
      "Checks",
      ["Quantities", "RandomStreams", "Serving", "Recording", "Statistics", "Scenario"]),
    house(
      "Reporting",
      [
        "Quantities", "Policies", "Serving", "Inputs", "Recording", "Statistics", "Scenario",
        "Checks", "Calibration", "CloudModel", "Catalogue",
      ]),

    // Level 5
    house("DecisionReplay", ["Quantities", "Serving", "Policies", "DecisionLog", "RequestPath"]),
    house(
      "FleetSimulation",
      [
        "Columns", "Quantities", "RandomStreams", "Serving", "EventKernel", "Policies", "Workload",
        "ReplicaModel", "CloudModel", "Recording", "Statistics", "Scenario", "DecisionLog",
        "RequestPath",
      ]),

    // Level 6
    house(
      "Experiments",
      [
        "DecisionLog", "Digests", "Quantities", "RandomStreams", "Serving", "Numerics",
        "FleetSimulation", "Recording", "Statistics", "Scenario", "ResultsStore", "Checks",
      ]),

    // Level 7
    .executableTarget(
      name: "plimsoll",
      dependencies: [
        "Calibration", "Catalogue", "Checks", "DecisionLog", "DecisionReplay", "Digests",
        "EngineFiles",
        "Experiments", "FleetSimulation", "Inputs", "Policies", "Quantities",
        "Reporting", "ResultsStore", "Recording", "Scenario", "TokenEngine", "Workload",
        "CAllocator", "CBuild", "CProcess", arguments,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "plimsoll-policies", dependencies: ["DecisionReplay"], swiftSettings: strict),
    .executableTarget(
      name: "plimsoll-bench",
      dependencies: [
        "Columns", "Quantities", "Policies", "Serving", "Workload", "ReplicaModel", "Numerics",
        "FleetSimulation", "Scenario", "Recording", "ResultsStore", "Statistics",
        "SimulationTesting", "TokenEngine", arguments,
      ],
      path: "Benchmarks/plimsoll-bench",
      swiftSettings: strict),

    // Beside the levels
    house("QueueingTheory", ["Numerics"]),
    house(
      "SimulationTesting",
      [
        "Quantities", "Serving", "Numerics", "Statistics", "Policies", "Workload", "ReplicaModel",
        "CloudModel", "Scenario", "TokenEngine",
      ]),

    .executableTarget(
      name: "plimsoll-fuzz",
      dependencies: [
        "DecisionReplay", "Experiments", "FleetSimulation", "Quantities", "Recording",
        "ResultsStore", "Scenario", arguments,
      ],
      path: "Tests/plimsoll-fuzz", exclude: ["Seeds"], swiftSettings: strict),
    .executableTarget(
      name: "StoreWriter",
      dependencies: ["ResultsStore", "Recording", "Statistics", "Quantities", "Serving"],
      path: "Tests/StoreWriter", swiftSettings: strict),
    .target(
      name: "LongTests", dependencies: [], path: "Tests/LongTests", swiftSettings: strict),
    tests("TidyTests", [], isOptimised: true),
    tests(
      "TokenEngineTests",
      [
        "TokenEngine", "EngineFiles", "Inputs", "QueueingTheory", "RandomStreams",
        "SimulationTesting",
      ],
      isOptimised: true),
    tests("DigestsTests", ["Digests"]),
    tests("SQLiteTests", ["SQLite"]),
    tests("QuantitiesTests", ["Quantities"]),
    tests("RandomStreamsTests", ["RandomStreams"], isOptimised: true),
    tests("NumericsTests", ["Numerics", "RandomStreams"], isOptimised: true),
    tests("QueueingTheoryTests", ["QueueingTheory", "Numerics"], isOptimised: true),
    tests("ColumnsTests", ["Columns", "RandomStreams"], isOptimised: true),
    tests("EventKernelTests", ["EventKernel", "Quantities", "RandomStreams"], isOptimised: true),
    tests(
      "PoliciesTests", ["LongTests", "Policies", "Quantities", "RandomStreams", "Serving"],
      isOptimised: true),
    tests(
      "RequestPathTests",
      [
        "DecisionLog", "DecisionReplay", "Policies", "Quantities", "RandomStreams", "RequestPath",
        "Serving",
      ], isOptimised: true),
    tests(
      "ReplicaModelTests",
      ["Numerics", "Quantities", "RandomStreams", "ReplicaModel", "Serving", "TokenEngine"],
      isOptimised: true),
    tests(
      "ChecksTests",
      [
        "Checks", "Quantities", "Recording", "ReplicaModel", "Scenario", "Serving",
        "SimulationTesting", "Statistics", "TokenEngine",
      ]),
    tests(
      "ReportingTests",
      [
        "Checks", "CloudModel", "Inputs", "Quantities", "Recording", "Reporting", "Scenario",
        "Serving", "Statistics",
      ]),
    tests(
      "DecisionReplayTests",
      ["DecisionLog", "DecisionReplay", "Policies", "Quantities", "RandomStreams", "Serving"]),
    tests("InputsTests", ["Inputs", "Quantities"]),
    tests("CatalogueTests", ["Catalogue", "Quantities", "SimulationTesting", "TokenEngine"]),
    tests(
      "WorkloadTests",
      ["Workload", "Inputs", "Numerics", "Quantities", "RandomStreams", "TokenEngine"],
      isOptimised: true),
    tests(
      "RecordingTests",
      [
        "Recording", "Quantities", "RandomStreams", "Serving", "SimulationTesting", "Statistics",
      ]),
    tests(
      "CloudModelTests", ["CloudModel", "Numerics", "Quantities", "RandomStreams", "Serving"]),
    tests(
      "StatisticsTests", ["Statistics", "Numerics", "RandomStreams", "SimulationTesting"],
      isOptimised: true),
    tests("CommandTests", ["LongTests", "plimsoll", "plimsoll-policies", yams]),
    tests(
      "CoverageTests",
      [
        "Checks", "CloudModel", "FleetSimulation", "LongTests", "Numerics", "Quantities",
        "QueueingTheory", "RandomStreams", "Recording", "ReplicaModel", "Scenario",
        "SimulationTesting", "Statistics", "Workload",
      ], isOptimised: true),
    tests(
      "OracleTests",
      [
        "Checks", "FleetSimulation", "LongTests", "Numerics", "Quantities", "QueueingTheory",
        "Recording", "Scenario", "Serving", "Statistics",
      ]),
    tests(
      "ExperimentsTests",
      [
        "Checks", "CloudModel", "Experiments", "FleetSimulation", "LongTests", "Numerics",
        "Quantities", "QueueingTheory", "RandomStreams", "Recording", "ReplicaModel", "Reporting",
        "ResultsStore", "Scenario", "SimulationTesting", "Statistics", "Workload",
      ]),
    tests(
      "CalibrationTests",
      [
        "Calibration", "CloudModel", "EngineFiles", "Inputs", "LongTests", "Numerics", "Quantities",
        "RandomStreams", "Scenario", "Statistics", "TokenEngine", "Workload",
      ]),
    tests(
      "ScenarioTests",
      [
        "CloudModel", "Inputs", "LongTests", "Quantities", "RandomStreams", "Scenario", "Serving",
        "Workload",
      ],
      excluding: ["Mistakes.md"]),
    tests(
      "FleetSimulationTests",
      [
        "FleetSimulation", "Checks", "CloudModel", "LongTests", "Numerics", "Quantities",
        "QueueingTheory", "Policies", "RandomStreams", "Recording", "ReplicaModel", "Scenario",
        "Serving", "SimulationTesting", "Statistics", "TokenEngine", "Workload",
      ]),
    tests(
      "ResultsStoreTests",
      ["ResultsStore", "Recording", "Statistics", "Quantities", "Serving", "SQLite", "StoreWriter"]),
  ],
  swiftLanguageModes: [.v6]
)
