// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Policies
import Quantities
import Workload

/// A labelled text with the number of its class.
package struct ClassifiedText: Sendable {
  /// The text.
  package let text: String
  /// The number of its class.
  package let classIndex: Int
}

/// The labelled texts of a scenario: those that the router is tuned on, and those that requests borrow.
struct DecodedTexts {
  var tuning: [ClassifiedText] = []
  var measuring: [ClassifiedText] = []

  /// For each class the numbers of its texts among those to measure with, shortest first.
  func byClass(count: Int) -> [[UInt16]] {
    guard !measuring.isEmpty else { return [] }
    // Counted once: a string walks all its bytes for it.
    let lengths = measuring.map(\.text.unicodeScalars.count)
    return (0..<count).map { index in
      let numbers = measuring.indices.filter { measuring[$0].classIndex == index }
      return numbers.sorted { (lengths[$0], $0) < (lengths[$1], $1) }.map { UInt16($0) }
    }
  }
}

extension ScenarioLoader {
  /// The labelled texts that the workload names; none when it names none.
  mutating func texts(
    _ workload: inout MappingReader, classes: [String], into diagnostics: inout Diagnostics
  ) -> DecodedTexts {
    var texts = DecodedTexts()
    guard let value = workload.node("texts", .optional, into: &diagnostics),
      let name = value.string(into: &diagnostics),
      let (path, bytes) = read(name, namedBy: value, into: &diagnostics)
    else { return texts }
    do {
      for prompt in try PromptReader.prompts(csv: bytes) {
        guard let index = classes.firstIndex(of: prompt.className ?? "") else {
          let error = TraceError(
            line: prompt.line, column: 1, found: "'\(prompt.className ?? "")'",
            allowed: "one of workload.classes: " + classes.joined(separator: ", "))
          report(TraceErrors(errors: [error]), in: path, named: value, into: &diagnostics)
          return DecodedTexts()
        }
        let label = LabelledPrompt(
          text: prompt.text, className: classes[index], language: prompt.language ?? "")
        let text = ClassifiedText(text: prompt.text, classIndex: index)
        if label.isForTuning { texts.tuning.append(text) } else { texts.measuring.append(text) }
      }
    } catch {
      report(error, in: path, named: value, into: &diagnostics)
      return DecodedTexts()
    }
    for (index, name) in classes.enumerated()
    where !texts.measuring.contains(where: { $0.classIndex == index }) {
      value.report(
        .other("the half of \(path) that is not for tuning has no text of class '\(name)'"),
        into: &diagnostics)
    }
    if texts.measuring.count > Int(UInt16.max) {
      value.report(.other("at most 65535 texts can be borrowed"), into: &diagnostics)
    }
    return texts
  }

  /// Which requests belong to one conversation.
  func sessions(
    _ workload: inout MappingReader, into diagnostics: inout Diagnostics
  ) -> Sessions? {
    guard var reader = workload.mapping("sessions", .optional, into: &diagnostics) else {
      return nil
    }
    let active = reader.integer("active", in: 1...1_000_000_000, .required, into: &diagnostics)
    let lifetime = reader.required("lifetime", into: &diagnostics) { try positiveSpan($0) }
    reader.finish(into: &diagnostics)
    guard let active, let lifetime else { return nil }
    return Sessions(active: active, lifetime: lifetime)
  }
}
