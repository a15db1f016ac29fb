// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Quantities
import Recording

extension CheckReport {
  /// The report as JUnit's XML: a suite for each scenario and a test case for each target.
  ///
  /// An undecided target is a skipped case, and an assumed one passes with a property that says so. No
  /// standard fixes the format; these elements are those that GitLab and Jenkins read (GitLab, "Unit test
  /// reports"; Jenkins, xunit-plugin, `junit-10.xsd`).
  package var junit: String {
    let seconds = formatted(suites.reduce(0) { $0 + $1.seconds }, places: 3)
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    let numbers = counts(cases.map(\.each), errors: unjudged.count)
    text += "<testsuites name=\"plimsoll check\"\(numbers) time=\"\(seconds)\">\n"
    for suite in suites {
      let time = formatted(suite.seconds, places: 3)
      text += "  <testsuite name=\"\(XMLText.attribute(suite.report.scenario))\""
      text += "\(counts(suite.cases)) time=\"\(time)\">\n    <properties>\n"
      for (name, value) in properties(suite.report) { text += property(name, value, indent: 6) }
      text += "    </properties>\n"
      for each in suite.cases { text += element(each, of: suite.report.scenario) }
      text += "  </testsuite>\n"
    }
    return text + unjudged.map(element).joined() + "</testsuites>\n"
  }

  /// A suite of one case that is an error, as for a test that could not run.
  private func element(_ unjudged: Unjudged) -> String {
    let path = XMLText.attribute(unjudged.path)
    var text = "  <testsuite name=\"\(path)\"\(counts([], errors: 1)) time=\"0.000\">\n"
    text += "    <testcase classname=\"\(path)\" name=\"can be judged\""
    if let place = unjudged.faults.first?.location, !place.isOverride {
      text += " file=\"\(XMLText.attribute(place.file))\" line=\"\(place.line)\""
    }
    let lines = unjudged.shownFaults.map(\.line)
    text +=
      ">\n      <error message=\"\(XMLText.attribute(lines.first ?? ""))\" type=\"\(unjudged.code)\">"
    text += XMLText.content(lines.joined(separator: "\n")) + "</error>\n"
    return text + "    </testcase>\n  </testsuite>\n"
  }

  private func counts(_ cases: [Case], errors: Int = 0) -> String {
    let failures = cases.count { $0.verdict.verdict == .fails }
    let skipped = cases.count { $0.verdict.verdict == .undecided }
    return " tests=\"\(cases.count + errors)\" failures=\"\(failures)\" errors=\"\(errors)\""
      + " skipped=\"\(skipped)\""
  }

  private func properties(_ report: RunReport) -> [(String, String)] {
    var properties = [
      ("seed", "\(report.seed)"), ("replications", "\(report.results.replications)"),
      ("digest", report.results.digest), ("price_book", report.priceBook),
      ("run", "\(report.run)"),
    ]
    if let baseline = report.regressions?.baseline {
      properties.append(("baseline", baseline.origin))
      properties.append(("baseline_digest", baseline.digest))
    }
    if report.isNew { properties.append(("baseline", "new")) }
    return properties
  }

  private func property(_ name: String, _ value: String, indent: Int) -> String {
    String(repeating: " ", count: indent)
      + "<property name=\"\(name)\" value=\"\(XMLText.attribute(value))\"/>\n"
  }

  private func element(_ each: Case, of scenario: String) -> String {
    let row = each.verdict
    var text = "    <testcase classname=\"\(XMLText.attribute(scenario))\" "
    text += "name=\"\(XMLText.attribute(each.name))\""
    if let location = each.location, !location.isOverride {
      text += " file=\"\(XMLText.attribute(location.file))\" line=\"\(location.line)\""
    }
    text += ">\n      <properties>\n"
    text += property("verdict", row.verdict.rawValue, indent: 8)
    text += property("reason", row.reason, indent: 8)
    text += "      </properties>\n"
    switch row.verdict {
    case .fails:
      let message = XMLText.attribute(row.reason)
      text += "      <failure message=\"\(message)\" type=\"\(each.kind.rawValue)\">"
      text += XMLText.content("\(each.name)\n\(row.reason)") + "</failure>\n"
    case .undecided:
      text += "      <skipped message=\"\(XMLText.attribute("undecided: \(row.reason)"))\"/>\n"
    case .holds, .assumed: break
    }
    return text + "    </testcase>\n"
  }
}

/// Writes texts into XML 1.0, which cannot hold every character.
private enum XMLText {
  /// A text between quotation marks, with its line breaks.
  static func attribute(_ text: String) -> String { escaped(text, isAttribute: true) }

  /// A text between tags.
  static func content(_ text: String) -> String { escaped(text, isAttribute: false) }

  private static func escaped(_ text: String, isAttribute: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"" where isAttribute: escaped += "&quot;"
      case "\n" where isAttribute, "\t" where isAttribute: escaped += "&#\(scalar.value);"
      case "\r": escaped += "&#13;"
      default: escaped.unicodeScalars.append(isAllowed(scalar) ? scalar : "\u{FFFD}")
      }
    }
    return escaped
  }

  /// Whether a character may occur: the production `Char` of W3C, Extensible Markup Language (XML) 1.0,
  /// 5th ed. (2008), section 2.2.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }
}
