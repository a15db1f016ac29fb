// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@Suite("The rule of shape")
struct ShapeRuleTests {
  private func fields(_ text: String) -> [String] {
    ShapeRule.shapes(in: SourceFile(path: "Sources/A/A.swift", text: text)).map {
      "\($0.name) \($0.fields)"
    }
  }

  private func parameters(_ text: String) -> [String] {
    ShapeRule.wideInitialisers(in: SourceFile(path: "Sources/A/A.swift", text: text))
      .map(\.message)
  }

  @Test("counts what is stored, and neither what is computed nor what is static")
  func stored() {
    let text = """
      struct A<B>: ~Copyable {
        let a: Int
        private(set) var b = [1, 2]
        var c: [Int: String] = [:]
        var d: Int { 1 }
        static let e = 1
        @usableFromInline var f: (x: Int, y: Int)
        var g: Int? {
          get { nil }
          set {}
        }
        var h: Int { didSet { let i = 1 } }
        let j: (Int) -> Int
        init() { let k = 1 }
        func l() { var m = 2 }
        var n: Column<Int>
      }
      """
    #expect(fields(text) == ["A 7"])
  }

  @Test("counts the properties of a nested type for that one")
  func nested() {
    let text = """
      extension A {
        struct B {
          let a = 1
          struct C { let b: Int }
          let c: Int
          enum D { case e }
        }
        var f: Int { let g = 1 }
      }
      final class H { var i: Int }
      """
    #expect(fields(text) == ["B 2", "C 1", "H 1"])
  }

  @Test("counts the parameters of an initialiser and the arguments of its calls")
  func wide() {
    let eleven = (1...11).map { "a\($0): B<C>" }.joined(separator: ", ")
    let ten = (1...10).map { "a\($0): (B, C) = [d, e]" }.joined(separator: ",\n")
    #expect(parameters("init(\(eleven)) {}") == ["init with 11 parameters"])
    #expect(parameters("package init?(\(eleven)) {}") == ["init with 11 parameters"])
    #expect(parameters("let a = A(\(eleven))") == ["A with 11 parameters"])
    #expect(parameters("let a = B.A(\(eleven),)") == ["A with 11 parameters"])
    #expect(parameters("init(\(ten)) {}").isEmpty)
    #expect(parameters("init(a: f(\(eleven))) {}").isEmpty)
    #expect(parameters("case A(\(eleven))").isEmpty)
  }
}
