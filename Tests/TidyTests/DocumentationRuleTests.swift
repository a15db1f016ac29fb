// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@Suite("The rule of doc comments")
struct DocumentationRuleTests {
  private func lines(_ text: String) -> [Int] {
    DocumentationRule.violations(in: SourceFile(path: "Sources/A/A.swift", text: text)).map(\.line)
  }

  @Test(
    "finds each kind of declaration without a comment",
    arguments: [
      "package func a() {}", "public init(a: Int) {}", "package struct A {}", "public enum A {}",
      "package protocol A {}", "package static let a = 1", "package private(set) var a: Int",
      "@inlinable package mutating func a() {}", "package typealias A = Int",
      "package subscript(a: Int) -> Int { a }", "public static func == (a: A, b: A) -> Bool { c }",
      "@usableFromInline package let a: Int", "package nonisolated(unsafe) static var a = 1",
      "package indirect enum A {}", "@_spi(A) public func a() {}",
    ])
  func missing(text: String) {
    #expect(lines(text) == [1])
    #expect(lines("// A comment.\n\(text)") == [2])
    #expect(lines("/// A comment.\n\n\(text)") == [3])
    #expect(lines("/// A comment.\n\(text)").isEmpty)
    #expect(lines("/// A comment.\n@inlinable\n@inline(always)\n\(text)").isEmpty)
  }

  @Test(
    "asks for none where others see nothing",
    arguments: [
      "func a() {}", "private let a = 1", "package import A", "case a", "package extension A {}",
      "let text = \"\"\"\n  package func a()\n  \"\"\"", "/* package func a() */", "package(1)",
    ])
  func invisible(text: String) {
    #expect(lines(text).isEmpty)
  }

  @Test("counts the members of a visible extension, and of that one only")
  func extensions() {
    let text = """
      package extension A {
        func a() {
          let b = 1
        }
        private func c() {}
        /// A comment.
        var d: Int { 1 }
        var e: Int { 1 }
      }
      extension B {
        func f() {}
      }
      """
    #expect(lines(text) == [2, 8])
  }
}
