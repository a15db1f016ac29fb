// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Inputs
import Reporting
import Testing

@Suite("A page of answers")
struct PageTests {
  private func page(_ json: String) throws -> String {
    var page = Page(title: "A <fleet>")
    for root in try JSONFile(Array(json.utf8)).roots { try page.add(root) { _ in nil } }
    return page.html
  }

  /// Relative luminance of a colour such as `#1b1f24` (Web Content Accessibility Guidelines 2.2, W3C (2023)).
  private func luminance(_ colour: String) -> Double {
    var digits = String(colour.dropFirst())
    if digits.count == 3 { digits = digits.map { "\($0)\($0)" }.joined() }
    let value = Int(digits, radix: 16) ?? 0
    let parts = [value >> 16 & 255, value >> 8 & 255, value & 255].map { part -> Double in
      let share = Double(part) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }

  private func contrast(_ one: String, _ other: String) -> Double {
    let both = [luminance(one), luminance(other)].sorted()
    return (both[1] + 0.05) / (both[0] + 0.05)
  }

  @Test("has a contrast of 4.5 or more for all texts and marks, in light, dark and print")
  func contrast() throws {
    let html = try page("{\"plimsoll\": 1, \"scenario\": \"s\", \"errors\": []}")
    let sets = html.components(separatedBy: ":root{").dropFirst().map { part in
      part.prefix { $0 != "}" }.filter { !$0.isWhitespace }.split(separator: ";")
        .reduce(into: [String: String]()) { names, pair in
          let both = pair.split(separator: ":").map(String.init)
          if both.count == 2 { names[both[0]] = both[1] }
        }
    }
    #expect(sets.count == 3)
    for colours in sets {
      let grounds = ["--bg", "--soft"].compactMap { colours[$0] }
      #expect(grounds.count == 2)
      for name in ["--ink", "--dim", "--good", "--bad", "--doubt", "--a", "--b"] {
        let colour = try #require(colours[name])
        for ground in grounds {
          #expect(contrast(colour, ground) >= 4.5, "\(name) \(colour) on \(ground)")
        }
      }
    }
  }

  @Test("shows text of documents as text")
  func escapes() throws {
    let html = try page(
      "{\"plimsoll\": 1, \"scenario\": \"<script>x</script>\", \"errors\": [{\"message\": \"a & b\"}]}"
    )
    #expect(!html.contains("<script>"))
    #expect(html.contains("&lt;script&gt;x&lt;/script&gt;") && html.contains("a &amp; b"))
    #expect(html.contains("<title>A &lt;fleet&gt;</title>"))
  }

  @Test("draws the steps of a waterfall so that they meet")
  func waterfall() {
    let chart = Chart.waterfall(
      from: ("none", 100), steps: [("a", 30, "30 USD"), ("b", -10, "-10 USD")], to: ("all", 80),
      title: "t")
    // 392 units for 100 dollars: 100; 70 to 100; 70 to 80; 80.
    for bar in [
      "x=\"0\" y=\"20\" width=\"392\"", "x=\"274.4\" y=\"60\" width=\"117.6\"",
      "x=\"274.4\" y=\"100\" width=\"39.2\"", "x=\"0\" y=\"140\" width=\"313.6\"",
    ] {
      #expect(chart.body.contains(bar), "\(bar) in \(chart.body)")
    }
    #expect(chart.rows.map { $0[1] } == ["100 USD", "30 USD", "-10 USD", "80 USD"])
  }

  @Test("puts round numbers on axes")
  func ticks() {
    #expect(Chart.ticks(0, 10) == [0, 5, 10])
    #expect(Chart.ticks(21_500, 24_200) == [22_000, 23_000, 24_000])
    #expect(Chart.ticks(5, 5) == [5])
    #expect(Chart.time(0.0897) == "89.7 ms")
    #expect(Chart.time(90) == "1.5 min")
  }

  @Test("refuses what no verb writes", arguments: ["{}", "[]", "1", "{\"plimsoll\": 1}"])
  func unknown(json: String) {
    #expect(throws: Page.UnknownDocument.self) { try page(json) }
  }
}
