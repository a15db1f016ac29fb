// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@Suite("The source tree")
struct SourceTreeTests {
  private let tree = SourceTree.project

  @Test("is found, so that no rule passes for want of files")
  func isFound() {
    #expect(tree.sources.count > 10)
    #expect(tree.swiftFiles.contains { $0.path == "Tests/TidyTests/SourceTreeTests.swift" })
    #expect(tree.swiftFiles.contains { $0.folder == "Benchmarks" })
    #expect(tree.swiftFiles.allSatisfy { $0.lines.count > 1 })
    #expect(tree.sources.reduce(0) { $0 + ImportStatement.all(in: $1).count } > 10)
  }

  @Test("has files in each target that a simulation links", arguments: DeterminismRule.targets)
  func hasFiles(target: String) {
    #expect(tree.sources.contains { $0.target == target })
  }

  @Test("keeps simulations free of clocks, global randomness, Foundation and unordered tables")
  func determinism() {
    report(
      tree.sources.filter { DeterminismRule.targets.contains($0.target) }
        .flatMap(DeterminismRule.violations))
  }

  @Test("imports lower levels only")
  func levels() {
    report(tree.sources.flatMap(ImportRule.violations))
  }

  @Test("imports each foreign library in one target only")
  func foreignLibraries() {
    report(tree.swiftFiles.filter { $0.folder != "Tests" }.flatMap(ImportRule.foreignViolations))
  }

  @Test("imports what the manifest declares, directly")
  func manifest() {
    let rule = ManifestRule(manifest: tree.text(of: "Package.swift"))
    #expect(rule.dependencies.count > 10)
    // The package that consumes the products has a manifest of its own.
    let own = tree.swiftFiles.filter { !$0.path.hasPrefix("Tests/Consumer/") }
    report(rule.missingTargets(of: own))
    report(tree.swiftFiles.flatMap(rule.violations))
  }

  @Test("names the licence in each file")
  func licences() {
    let manifest = SourceFile(path: "Package.swift", text: tree.text(of: "Package.swift"))
    report((tree.swiftFiles + [manifest]).flatMap(LicenceRule.violations))
  }

  @Test("has no construct that ends a run without a sentence")
  func constructs() {
    report(tree.sources.flatMap(ConstructRule.violations))
    for path in ["Package.swift", "Makefile"] {
      let text = tree.text(of: path)
      #expect(!text.isEmpty)
      report(ConstructRule.uncheckedViolations(path: path, text: text))
    }
  }

  @Test("documents each declaration that other targets see")
  func documentation() {
    report(tree.sources.flatMap(DocumentationRule.violations))
  }

  @Test("gives each command its name, which is slow to make at every start")
  func commandNames() {
    func count(_ text: String, in file: SourceFile) -> Int {
      file.lines.count { $0.contains(text) }
    }
    let commands = tree.sources.filter { count("= CommandConfiguration(", in: $0) > 0 }
    #expect(commands.count > 20)
    for file in commands
    where count("= CommandConfiguration(", in: file) != count("commandName: ", in: file) {
      Issue.record("\(file.path): a command without its commandName")
    }
  }

  @Test("has at most forty files in one folder")
  func folders() {
    let folders = tree.swiftFiles.map {
      $0.path.split(separator: "/").dropLast().joined(separator: "/")
    }
    for folder in Set(folders) {
      let count = folders.count { $0 == folder }
      if count > 40 { Issue.record("\(folder) has \(count) files") }
    }
  }

  @Test("has no initialiser that takes more than ten values")
  func initialisers() {
    report(tree.swiftFiles.flatMap(ShapeRule.wideInitialisers))
  }

  @Test("has no part of a simulation with more than fifteen stored properties, but records that are flat")
  func storedProperties() {
    let files = tree.sources.filter { ShapeRule.targets.contains($0.target) }
    report(files.flatMap(ShapeRule.wideTypes))
    // Each exception is still one.
    let wide = files.flatMap(ShapeRule.shapes).filter { $0.fields > ShapeRule.mostFields }
    for record in ShapeRule.flatRecords {
      #expect(wide.contains { $0.name == record.name }, "\(record.name) is wide no more")
    }
  }

  @Test("holds no stray file among the scenarios")
  func scenarios() {
    let paths = tree.paths(below: "Scenarios")
    #expect(paths.contains { $0.hasSuffix(".yaml") })
    report(ScenarioFolderRule.violations(paths: paths))
  }
}
