// SPDX-License-Identifier: GPL-3.0-or-later

import Scenario
import Testing

@Suite("A mapping read by key")
struct MappingReaderTests {
  private struct Unreadable: StatesWhatIsAllowed {
    let allowed = "a time with its unit, such as 120s"
  }

  @Test("reports a key nobody asks for, with the nearest that is asked for")
  func unknownKey() throws {
    let found = try problems(in: "fleet:\n  machnes: 3\n") { root, diagnostics in
      guard var fleet = root.mapping("fleet", into: &diagnostics) else { return }
      _ = fleet.integer("machines", .optional, into: &diagnostics)
      _ = fleet.string("zone", .optional, into: &diagnostics)
      fleet.finish(into: &diagnostics)
    }
    #expect(
      found == [
        "a.yaml:2:3: fleet.machnes: unknown key 'machnes'; did you mean 'machines'? "
          + "(allowed: machines, zone)"
      ])
  }

  @Test("reports all errors at once, in the order of the file")
  func severalErrors() throws {
    let text = "notice: 120\nmachines: many\nspot: [1]\nshare: 2\nextra: 1\n"
    let found = try problems(in: text) { root, diagnostics in
      _ = root.decimal("share", in: 0...1, into: &diagnostics)
      _ = root.mapping("spot", into: &diagnostics)
      _ = root.integer("machines", in: 1...64, into: &diagnostics)
      _ = root.required("notice", into: &diagnostics) { _ -> Int in throw Unreadable() }
      _ = root.boolean("drains", into: &diagnostics)
    }
    #expect(
      found == [
        "a.yaml:1:1: drains: required, but missing",
        "a.yaml:1:9: notice: found '120', allowed: a time with its unit, such as 120s",
        "a.yaml:2:11: machines: found 'many', allowed: a whole number such as 12 or 1_000",
        "a.yaml:3:7: spot: found a list, allowed: a mapping",
        "a.yaml:4:8: share: 2.0 is out of range, allowed: 0.0 to 1.0",
        "a.yaml:5:1: extra: unknown key 'extra' (allowed: share, spot, machines, notice, drains)",
      ])
  }

  @Test("reads what is well written")
  func values() throws {
    var diagnostics = Diagnostics()
    var root = MappingReader(
      try load(("a.yaml", "a: -1_000\nb: 2.5e-1\nc: off\nd: spot\ne: [x]\nf: ~\n")))
    #expect(root.integer("a", into: &diagnostics) == -1_000)
    #expect(root.decimal("b", into: &diagnostics) == 0.25)
    #expect(root.boolean("c", into: &diagnostics) == false)
    #expect(root.oneOf("d", [("on-demand", 1), ("spot", 2)], into: &diagnostics) == 2)
    #expect(root.sequence("e", into: &diagnostics)?.map(\.keyPath) == ["e[0]"])
    #expect(root.string("f", .optional, into: &diagnostics) == nil)
    root.finish(into: &diagnostics)
    #expect(diagnostics.isEmpty)
  }

  @Test("names an unknown key as it was written, not as its path shows it")
  func unknownQuotedKey() throws {
    let found = try problems(in: "p4d.24xlarge: 1\n") { _, _ in }
    #expect(
      found == [#"a.yaml:1:1: "p4d.24xlarge": unknown key 'p4d.24xlarge' (allowed: no key)"#])
  }

  @Test("gives free names with their places")
  func freeNames() throws {
    var diagnostics = Diagnostics()
    var root = MappingReader(try load(("a.yaml", "types:\n  p4d.24xlarge: {lanes: 8}\n")))
    let type = root.entries("types", into: &diagnostics)?.first
    #expect(type?.name == "p4d.24xlarge")
    #expect(type?.nameLocation.description == "a.yaml:2:3")
    #expect(type?.value.keyPath == #"types."p4d.24xlarge""#)
  }

  @Test(
    "takes one choice out of several",
    arguments: [
      ("law: {weibull: {shape: 2}}", []),
      (
        "law: {weibul: 2}",
        [
          "a.yaml:1:7: law.weibul: unknown key 'weibul'; did you mean 'weibull'? "
            + "(allowed: weibull, exponential)"
        ]
      ),
      (
        "law: {weibull: 2, exponential: 1}",
        [
          "a.yaml:1:6: law: found weibull, exponential, "
            + "allowed: a mapping with exactly one of: weibull, exponential"
        ]
      ),
      (
        "law: weibull",
        [
          "a.yaml:1:6: law: found 'weibull', "
            + "allowed: a mapping with exactly one of: weibull, exponential"
        ]
      ),
    ])
  func choice(text: String, expected: [String]) throws {
    let found = try problems(in: text) { root, diagnostics in
      _ = root.choice("law", among: ["weibull", "exponential"], into: &diagnostics)
    }
    #expect(found == expected)
  }

  @Test("suggests the nearest of several names")
  func oneOf() throws {
    let found = try problems(in: "market: sopt\n") { root, diagnostics in
      _ = root.oneOf("market", [("on-demand", 1), ("spot", 2)], into: &diagnostics)
    }
    #expect(
      found == ["a.yaml:1:9: market: found 'sopt', allowed: on-demand, spot (did you mean 'spot'?)"]
    )
  }
}

@Suite("The nearest key")
struct NearestKeyTests {
  @Test(
    "is within two edits, or a third of the length",
    arguments: [
      ("machnes", "machines"), ("lenght", "length"), ("sa", "so"), ("zzz", nil), ("x", nil),
      ("interruptoin_rat", "interruption_rate"),
    ])
  func nearest(key: String, expected: String?) {
    let keys = ["machines", "length", "so", "interruption_rate"]
    #expect(nearestKey(to: key, among: keys) == expected)
  }

  @Test("is the first of several as near")
  func ties() {
    #expect(nearestKey(to: "cat", among: ["dog", "bat", "car"]) == "bat")
  }

  /// Three edits one by one; as one swap and one insertion, two.
  @Test("counts a swap of neighbours once")
  func swap() {
    #expect(nearestKey(to: "abcd", among: ["bacde"]) == "bacde")
  }
}

@Suite("A plain number")
struct PlainNumberTests {
  @Test(
    "is whole only as digits that fit 64 bits",
    arguments: ["", "-", "1.0", "1__0", "_1", "1_", "0x10", "9223372036854775808", "1 ", "٣"])
  func refusedIntegers(text: String) {
    #expect(throws: UnreadableNumber.self) { try parseInteger(text) }
  }

  @Test(
    "is decimal only as digits that are finite",
    arguments: ["", ".5", "5.", "nan", "inf", "0x1p3", "1e", "1e999", "1.2.3", "--1"])
  func refusedDecimals(text: String) {
    #expect(throws: UnreadableNumber.self) { try parseDecimal(text) }
  }

  @Test("is read with sign and separators")
  func reads() throws {
    #expect(try parseInteger("-9_223_372_036_854_775_808") == .min)
    #expect(try parseDecimal("+1_000.25E+1") == 10_002.5)
  }
}
