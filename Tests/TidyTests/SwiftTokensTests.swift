// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@Suite("Swift tokens")
struct SwiftTokensTests {
  private func words(_ text: String) -> [String] { SwiftTokens(text).tokens.map(\.text) }

  @Test("leave out comments, nested ones too")
  func comments() {
    #expect(words("a // b \"\nc /* d /* e */ f */ g") == ["a", "c", "g"])
  }

  @Test("leave out what string literals say, of every form")
  func strings() {
    #expect(words(#"a("x \" y", b)"#) == ["a", "(", "\"", ",", "b", ")"])
    #expect(words("a\n\"\"\"\nb \"c\" d\n\"\"\"\ne") == ["a", "\"", "e"])
    #expect(words("a #\"b\" \\(c)\"# d") == ["a", "\"", "d"])
  }

  @Test("keep the expressions interpolated in a string literal")
  func interpolations() {
    let nested = words(#""x \(f("y", (a))) z" b"#)
    #expect(nested == ["\"", "f", "(", "\"", ",", "(", "a", ")", ")", "b"])
    #expect(words("#\"x \\#(a) \\(b)\"# c") == ["\"", "a", "c"])
  }

  @Test("know their lines, through comments and long literals")
  func lines() {
    let tokens = SwiftTokens("a /*\n*/ b\n\"\"\"\n\n\"\"\"\nc").tokens
    #expect(tokens.map(\.line) == [1, 2, 3, 6])
  }
}
