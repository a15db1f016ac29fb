// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@Suite("The rules of the source tree")
struct RuleTests {
  private func lines(_ violations: [Violation]) -> [Int] { violations.map(\.line) }

  private func file(_ path: String, _ text: String) -> SourceFile {
    SourceFile(path: path, text: text)
  }

  @Test(
    "find each word that a simulation must not use",
    arguments: [
      "import Foundation", "import FoundationEssentials", "private import Dispatch",
      "import struct Foundation.Date", "@preconcurrency import Glibc", "let a = Date()",
      "let a = Date.now", "let a = ContinuousClock()", "let a = SuspendingClock()",
      "try await Task.sleep(for: a)", "clock_gettime(a, b)", "gettimeofday(a, b)",
      "var a = SystemRandomNumberGenerator()", "Int.random(\n  in: 0..<3)", "Bool.random()",
      "a.randomElement()", "a.shuffle()", "a.shuffled()", "a.hashValue", "var a: Set<Int>",
      "let a = Set(b)", "var a: Dictionary<Int, Int>", "Dictionary(grouping: a) { b }",
      "var a: [Int: Int]", "var a: [ A.B : [Int] ]", "var a: [A: (Int, Int)]", "a = [ : ]",
      "print(\"\\(a.hashValue)\")",
    ])
  func nondeterminism(text: String) {
    #expect(DeterminismRule.violations(in: file("Sources/Workload/A.swift", text)).count == 1)
  }

  @Test(
    "accept what only resembles such a word",
    arguments: [
      "// Date()", "/// A `Set<Int>`.", "precondition(a, \"a Date() of a Set\")", "UTCDate(1)",
      "OrderedDictionary<Int, Int>", "struct A: OptionSet {}", "let a: [Int]", "f([A.b, C.d])",
      "let a = [\"b\": 1] as KeyValuePairs", "import EventKernel", "a[B.c]", "b ? [A] : C",
    ])
  func lookalikes(text: String) {
    #expect(DeterminismRule.violations(in: file("Sources/Workload/A.swift", text)).isEmpty)
  }

  @Test("find an import of the same or a higher level")
  func levels() {
    let text = "import Quantities\nimport ReplicaModel\nprivate import Experiments\nimport Yams"
    #expect(lines(ImportRule.violations(in: file("Sources/Workload/A.swift", text))) == [2, 3])
  }

  @Test("know the two imports inside a level, in one direction")
  func exceptions() {
    let exceptions = [("Recording", "Statistics"), ("Reporting", "Checks")]
    for (from, to) in exceptions {
      #expect(ImportRule.violations(in: file("Sources/\(from)/A.swift", "import \(to)")).isEmpty)
      #expect(ImportRule.violations(in: file("Sources/\(to)/A.swift", "import \(from)")).count == 1)
    }
  }

  @Test("find a target without a level, and an oracle in a simulation")
  func unknownTargets() {
    #expect(ImportRule.violations(in: file("Sources/Utils/A.swift", "")).count == 1)
    let oracle = file("Sources/Experiments/A.swift", "import QueueingTheory")
    #expect(ImportRule.violations(in: oracle).count == 1)
    #expect(ImportRule.violations(in: file("Sources/QueueingTheory/A.swift", "")).isEmpty)
  }

  @Test("find a foreign library past its door")
  func doors() {
    let text = "import CGSL\nprivate import CSQLite\nimport Yams"
    func found(in target: String) -> [Int] {
      lines(ImportRule.foreignViolations(in: file("Sources/\(target)/A.swift", text)))
    }
    #expect(found(in: "Numerics") == [2, 3])
    #expect(found(in: "SQLite") == [1, 3])
    #expect(found(in: "Scenario") == [1, 2])
  }

  @Test("find an import that the manifest does not declare")
  func undeclared() {
    let manifest = """
      func house(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
      // house("Gone", []),
      house("Low", []),
      house("Middle", ["Low", yams]),
      .executableTarget(
        name: "high",
        dependencies: [
          "Middle", arguments,
        ],
        path: "Benchmarks/high"),
      tests("LowTests", ["Low"]),
      """
    let rule = ManifestRule(manifest: manifest)
    #expect(
      rule.dependencies
        == ["Low": [], "Middle": ["Low"], "high": ["Middle"], "LowTests": ["Low"]])
    let text = "import Testing\nimport Middle\nimport Low"
    #expect(lines(rule.violations(in: file("Benchmarks/high/A.swift", text))) == [3])
    #expect(lines(rule.violations(in: file("Tests/LowTests/A.swift", text))) == [2])
    let unknown = [file("Tests/OtherTests/A.swift", text), file("Tests/OtherTests/B.swift", text)]
    #expect(rule.missingTargets(of: unknown).map(\.path) == ["Tests/OtherTests/A.swift"])
  }

  @Test("find a file without its licence, or with the other one")
  func licences() {
    let apache = "// SPDX-License-Identifier: Apache-2.0\n"
    let general = "// SPDX-License-Identifier: GPL-3.0-or-later\n"
    func count(_ path: String, _ text: String) -> Int {
      LicenceRule.violations(in: file(path, text)).count
    }
    #expect(count("Sources/Policies/A.swift", apache) == 0)
    #expect(count("Sources/Policies/A.swift", general) == 1)
    #expect(count("Sources/Policies/A.swift", apache + "import Numerics") == 1)
    #expect(count("Sources/Scenario/A.swift", general) == 0)
    #expect(count("Sources/Scenario/A.swift", apache) == 1)
    #expect(count("Tests/Policies/A.swift", apache) == 1)
    #expect(count("Sources/Scenario/A.swift", "\n" + general) == 1)
    #expect(count("Sources/Scenario/A.swift", "") == 1)
    #expect(count("Package.swift", "// swift-tools-version: 6.2\n" + general) == 0)
    #expect(count("Package.swift", general) == 1)
  }

  @Test("find what ends a run without a sentence", arguments: ConstructExample.all)
  func constructs(example: ConstructExample) {
    let found = ConstructRule.violations(in: file(example.path, example.text))
    #expect(found.count == (example.isAllowed ? 0 : 1))
  }

  @Test("find unchecked builds in the manifest, whose flags are strings")
  func unchecked() {
    let text = "a\nunsafeFlags([\"-Ounchecked\"])"
    #expect(lines(ConstructRule.uncheckedViolations(path: "Package.swift", text: text)) == [2])
  }

  @Test("find a stray file among the scenarios")
  func strayFiles() {
    let paths = ["Scenarios/a.yaml", "Scenarios/b/c.csv", "Scenarios/README.md", "Scenarios/d.yml"]
    #expect(ScenarioFolderRule.violations(paths: paths).map(\.path) == ["Scenarios/d.yml"])
  }
}

/// A line of code, and whether a target may have it.
struct ConstructExample: CustomTestStringConvertible {
  let path: String
  let text: String
  let isAllowed: Bool

  var testDescription: String { "\(text) in \(path)" }

  static let all: [ConstructExample] = [
    .init(path: "Sources/Checks/A.swift", text: "fatalError(\"no\")", isAllowed: false),
    .init(path: "Sources/Checks/A.swift", text: "let a = try! b()", isAllowed: false),
    .init(path: "Sources/Checks/A.swift", text: "guard try !b() else {}", isAllowed: true),
    .init(path: "Sources/Checks/A.swift", text: "a as! B", isAllowed: false),
    .init(path: "Sources/Checks/A.swift", text: "unowned(unsafe) let a: B", isAllowed: false),
    .init(path: "Sources/Checks/A.swift", text: "final class A {}", isAllowed: false),
    .init(path: "Sources/Checks/A.swift", text: "// class A", isAllowed: true),
    .init(path: "Sources/Checks/A.swift", text: "f(class: a, class b: Int)", isAllowed: true),
    .init(path: "Sources/ResultsStore/A.swift", text: "package final class A {}", isAllowed: true),
    .init(path: "Sources/ResultsStore/A.swift", text: "package class A {}", isAllowed: false),
  ]
}
