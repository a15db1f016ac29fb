// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Testing

@Suite("A file of JSON")
struct JSONFileTests {
  private func file(_ text: String) throws(TraceErrors) -> JSONFile {
    try JSONFile(Array(text.utf8))
  }

  @Test("keeps numbers as they are written, and reads escapes")
  func values() throws {
    let root = try file("{\"a\": [1.50, -2e3, null, true],\t\"b\": \"\\u00e9\\n\\ud83d\\ude00\"}")
      .roots[0]
    #expect(root["a"]?.items?.map(\.scalar) == ["1.50", "-2e3", nil, nil])
    #expect(root["b"]?.text == "é\n😀")
  }

  @Test("may hold several values, a line each or page after page")
  func several() throws {
    #expect(try file("{\"a\": 1}\r\n{\"a\": 2}\r\n").roots.count == 2)
    #expect(try file("\u{FEFF}{\n}{\n}").roots.count == 2)
  }

  @Test(
    "names the place where it ends to be JSON",
    arguments: [
      ("{\"a\": 1,\n \"b\": }", 2, 7), ("[1, 2", 1, 6), ("{\"a\": nul}", 1, 7), ("{'a': 1}", 1, 2),
      ("[\"x\ny\"]", 1, 4), ("[1]\n]", 2, 1), ("", 1, 1),
    ])
  func places(text: String, line: Int, column: Int) {
    do throws(TraceErrors) {
      _ = try file(text)
      Issue.record("accepted")
    } catch {
      #expect(error.errors.map(\.line) == [line] && error.errors.map(\.column) == [column])
    }
  }

  @Test("is refused where it is too deep")
  func depth() {
    #expect(throws: TraceErrors.self) { try file(String(repeating: "[", count: 100_000)) }
  }
}
