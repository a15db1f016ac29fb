// SPDX-License-Identifier: Apache-2.0

import DecisionReplay
import Foundation

/// `plimsoll-policies`: the production policies as a filter.
///
/// Reads a decision log's first line and events as JSONL on standard input, and writes each line with
/// the decision that the policies make. It links no simulator and nothing under the GPL: a gateway
/// would do the same with live events.
@main
struct PoliciesDriver {
  static func main() {
    if CommandLine.arguments.count > 1 {
      tell(
        """
        usage: plimsoll-policies < EVENTS.jsonl > DECISIONS.jsonl
          The first line names the policies and their settings, each further one an event with its \
        time in UTC; see Documentation/DecisionLog.md.
        """)
      exit(CommandLine.arguments.dropFirst() == ["--help"] ? 0 : 64)
    }
    var policies = DecisionReplay()
    var lines = LineReader(.standardInput)
    while true {
      do {
        guard let line = try lines.next() else { break }
        try FileHandle.standardOutput.write(contentsOf: policies.decide(line))
      } catch let error as DecisionLogError {
        tell("plimsoll-policies: standard input: \(error)")
        exit(65)
      } catch {
        tell("plimsoll-policies: \(error)")
        exit(74)
      }
    }
    if policies.lines == 0 {
      tell("plimsoll-policies: standard input is empty; its first line names the policies")
      exit(65)
    }
  }

  private static func tell(_ message: String) {
    FileHandle.standardError.write(Data((message + "\n").utf8))
  }
}
