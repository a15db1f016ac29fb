// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario
import Testing

@Suite("A scenario file as YAML")
struct ScenarioYAMLTests {
  @Test("keeps the order of keys and reads every kind of node")
  func kinds() throws {
    let text = "b: 1\na: [x, 'null', ~]\nc: {d: }\n"
    #expect(outline(try load(("a.yaml", text)).root) == "{b: 1, a: [x, null, null], c: {d: null}}")
    let items = try load(("a.yaml", text)).root.value(of: "a")
    let start = SourceLocation(file: "a.yaml", line: 2, column: 8)
    #expect(
      items
        == ScenarioNode(
          .sequence([
            ScenarioNode(.scalar("x"), at: SourceLocation(file: "a.yaml", line: 2, column: 5)),
            ScenarioNode(.scalar("null"), at: start),
            ScenarioNode(.null, at: SourceLocation(file: "a.yaml", line: 2, column: 16)),
          ]), at: SourceLocation(file: "a.yaml", line: 2, column: 4)))
  }

  @Test("that is no YAML is refused at the place")
  func syntaxError() {
    #expect(
      problems(in: "a: 1\nb: [1, 2\nc: 3\n") == [
        "a.yaml:3:2: not YAML: did not find expected ',' or ']' "
          + "(while parsing a flow sequence that begins on line 2)"
      ])
  }

  @Test("names both places of each duplicate key")
  func duplicates() {
    let text = "fleet:\n  base: 1\n  spot: 2\n  base: 3\n  \"spot\": 4\nfleet: 5\n"
    #expect(
      problems(in: text) == [
        "a.yaml:4:3: fleet.base: this key is already given at a.yaml:2:3",
        "a.yaml:5:3: fleet.spot: this key is already given at a.yaml:3:3",
        "a.yaml:6:1: fleet: this key is already given at a.yaml:1:1",
      ])
  }

  @Test("takes an alias for what its anchor names")
  func aliases() throws {
    let text = "a: &x {b: 1}\nc: [*x, *x]\nd: '*x'\ne: 2 *x\nf: [\"*\"]\n"
    #expect(
      outline(try load(("a.yaml", text)).root)
        == "{a: {b: 1}, c: [{b: 1}, {b: 1}], d: *x, e: 2 *x, f: [*]}")
  }

  @Test(
    "is refused, in one line that says why",
    arguments: [
      ("", "a.yaml:1:1: there is nothing in the file"),
      ("# only words\n", "a.yaml:1:1: there is nothing in the file"),
      ("---\n", "a.yaml:1:1: there is nothing in the file"),
      ("- 1\n", "a.yaml:1:1: found a list, allowed: a mapping of the scenario's parts"),
      ("a: *b\n", "a.yaml:1:4: a: not YAML: there is no anchor '&b' above this alias"),
      ("[a]: 1\n", "a.yaml:1:1: found a list or a mapping as key, allowed: a name"),
      ("a: 1\n<<: {b: 1}\n", "a.yaml:2:1: found the merge key '<<', allowed: a name"),
      (
        "a: 1\n---\nb: 1\n",
        "a.yaml:2:1: not YAML: but found another document "
          + "(expected a single document in the stream that begins on line 1)"
      ),
      (
        "a:\n\tb: 1\n",
        "a.yaml:2:1: not YAML: a tab here; YAML is indented with spaces"
      ),
      ("a: 1\nb: \u{1}\n", "a.yaml:2:4: not YAML: the character U+1 here"),
    ])
  func refused(text: String, problem: String) {
    #expect(problems(in: text) == [problem])
  }

  @Test(
    "has no tags, on whatever they stand",
    arguments: [
      ("a: !!int 1\n", "a.yaml:1:4: a: found the tag '!!int', allowed: values without tags"),
      ("a: !!str ~\n", "a.yaml:1:4: a: found the tag '!!str', allowed: values without tags"),
      ("a: [!own {}]\n", "a.yaml:1:5: a[0]: found the tag '!own', allowed: values without tags"),
      ("a: !!set {b}\n", "a.yaml:1:4: a: found the tag '!!set', allowed: values without tags"),
      ("!!int a: 1\n", "a.yaml:1:1: a: found the tag '!!int', allowed: values without tags"),
    ])
  func tags(text: String, problem: String) {
    #expect(problems(in: text) == [problem])
  }

  @Test("may hold an exclamation mark in a text")
  func noTags() throws {
    #expect(
      outline(try load(("a.yaml", "a: x!\nb: '!int'\n\"c\": |\n  !d\n")).root)
        == "{a: x!, b: !int, c: !d\n}")
  }

  @Test("may end its lines with CR LF")
  func carriageReturns() throws {
    let root = try load(("a.yaml", "a: 1\r\nb:\r\n  c: 2\r\n")).root
    #expect(outline(root) == "{a: 1, b: {c: 2}}")
    #expect(root.value(of: "b")?.location.description == "a.yaml:3:3")
  }

  @Test("may begin with a byte order mark")
  func byteOrderMark() throws {
    let root = try load(("a.yaml", "\u{FEFF}a: 1\n")).root
    #expect(root.entries?.first?.keyLocation.description == "a.yaml:1:1")
  }

  @Test("that is not UTF-8 is refused at the first such byte")
  func notUTF8() {
    let latin = Array("a: 1\nb: caf".utf8) + [0xE9, 0x0A]
    #expect(
      problems(of: [("a.yaml", latin)]) == [
        "a.yaml:2:7: not YAML: the bytes here are not UTF-8"
      ])
  }

  @Test(
    "that nests too deep is refused, however deep",
    arguments: [("[", 65), ("[", 100_000), ("{a: ", 100_000), ("- ", 100_000), ("? ", 100_000)])
  func deep(opening: String, count: Int) {
    let isClosed = count == 65
    let text = String(repeating: opening, count: count)
    #expect(problems(in: text + (isClosed ? String(repeating: "]", count: count) : "")).count == 1)
  }

  @Test("that nests too deep by aliases is refused")
  func deepAliases() {
    let text = "- &a0 []\n" + (1...500).map { "- &a\($0) [*a\($0 - 1)]\n" }.joined()
    #expect(
      problems(in: text) == ["a.yaml:64:9: nested deeper than 64 levels"])
  }

  /// A list and its ten items are 11 values, a list of ten of those 111, then 1,111 and 11,111:
  /// with the root, 12,345. The eighth alias of the fifth line makes 12,346 + 8 × 11,111 = 101,234.
  @Test("that multiplies itself by aliases is refused at once")
  func aliasBomb() {
    var text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    for level in 1...40 {
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(items)]\n"
    }
    text += "? *a40\n: 1\n? {*a40 : 1}\n: 2\n"
    #expect(
      problems(in: text) == [
        "a.yaml:5:45: more than 100000 values, aliases counted each time"
      ])
  }

  @Test("is ordinary at sixty-four levels")
  func deepEnough() throws {
    let value = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
    #expect(problems(in: "a: \(value)").isEmpty)
  }
}
