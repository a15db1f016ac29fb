// SPDX-License-Identifier: GPL-3.0-or-later

import DecisionLog
import DecisionReplay
import Foundation
import Policies
import Quantities
import Testing

@Suite("A decision log that nobody wrote in earnest")
struct HostileLogTests {
  /// Every number of the lines in turn becomes each of these.
  private static let extremes = [
    "0", "-1", "1", "9223372036854775807", "-9223372036854775808", "1e308", "-1e308", "1e-300",
    "4294967296", "100000",
  ]

  @Test("is read to its end or refused with its place, whatever its numbers are")
  func numbers() throws {
    let lines = try DecisionReplayTests.log()
    var outcomes = (read: 0, refused: 0)
    for line in 0..<lines.count {
      for range in Self.numbers(in: lines[line]) {
        for extreme in Self.extremes {
          var changed = lines
          changed[line].replaceSubrange(range, with: extreme)
          do {
            var replay = DecisionReplay()
            for text in changed { _ = try replay.decide(Array(text.utf8)) }
            outcomes.read += 1
          } catch {
            // What a line says may contradict only a later one, such as of how many texts there are.
            #expect(error.line >= line + 1 || line == 0, "line \(line + 1), \(extreme): \(error)")
            outcomes.refused += 1
          }
        }
      }
    }
    #expect(outcomes.read > 500 && outcomes.refused > 500)
  }

  /// Where numbers stand that are values, and no part of a text or a time.
  private static func numbers(in line: String) -> [Range<String.Index>] {
    var found: [Range<String.Index>] = []
    var (isText, start): (Bool, String.Index?) = (false, nil)
    for index in line.indices {
      let character = line[index]
      if character == "\"" { isText.toggle() }
      let isDigit = !isText && (character.isNumber || "-.e".contains(character))
      if isDigit, start == nil, character.isNumber || character == "-" { start = index }
      if !isDigit, let begin = start {
        found.append(begin..<index)
        start = nil
      }
    }
    return found
  }

  @Test(
    "says what range a number of its first line has",
    arguments: [
      (
        "\"session_slots\":16384", "\"session_slots\":1e18",
        "router.session_slots: is 1e+18; allowed: a whole"
      ),
      (
        "\"session_slots\":16384", "\"session_slots\":9000000000000000000",
        "router.session_slots: is 9000000000000000000; allowed: a number from 0 to 4194304"
      ),
      (
        "\"period_ns\":5000000000", "\"period_ns\":1",
        "autoscaler.period_ns: is 1; allowed: at most 1000000 looks"
      ),
    ])
  func ranges(from old: String, to new: String, expected: String) throws {
    let header = try #require(try DecisionReplayTests.log().first)
    let changed = header.replacingOccurrences(of: old, with: new)
    try #require(changed != header)
    var replay = DecisionReplay()
    do {
      _ = try replay.decide(Array(changed.utf8))
      Issue.record("it was read")
    } catch {
      #expect("\(error)".hasPrefix("line 1: \(expected)"), "\(error)")
    }
  }
}
