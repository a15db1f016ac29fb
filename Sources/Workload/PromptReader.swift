// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs

/// Reads prompts with their labels from CSV, JSON or plain text.
package enum PromptReader {
  /// One prompt of a file.
  package struct Prompt: Sendable, Equatable {
    /// Its text.
    package let text: String
    /// Its class by the one who labelled it; `nil` where the file has no such column.
    package let className: String?
    /// Its language; `nil` where the file has no such column.
    package let language: String?
    /// The line on which it begins, from 1.
    package let line: Int
  }

  /// How prompts are written.
  package enum Format: Sendable {
    /// Under a header.
    case csv
    /// Objects, one a line, in a list or after each other.
    case json
    /// One a line.
    case text

    /// What a file's name says of it; `nil` where it says nothing.
    package init?(ofFile name: String) {
      let lowered = name.lowercased()
      func ends(with endings: [String]) -> Bool { endings.contains { lowered.hasSuffix($0) } }
      if ends(with: [".csv", ".tsv"]) {
        self = .csv
      } else if ends(with: [".json", ".jsonl", ".ndjson"]) {
        self = .json
      } else if ends(with: [".txt", ".text", ".md"]) {
        self = .text
      } else {
        return nil
      }
    }
  }

  private static let textNames = ["text", "prompt"]

  /// Reads prompts of any format.
  ///
  /// - Parameters:
  ///   - name: the name of the file, whose ending says the format; where it does not, the beginning does.
  /// - Complexity: O(bytes).
  package static func prompts(
    _ bytes: [UInt8], ofFile name: String
  ) throws(TraceErrors) -> [Prompt] {
    switch Format(ofFile: name) ?? format(of: bytes) {
    case .csv: try prompts(csv: bytes)
    case .json: try prompts(json: bytes)
    case .text: try prompts(lines: bytes)
    }
  }

  /// What the beginning of a file says of its format.
  private static func format(of bytes: [UInt8]) -> Format {
    if JSONFile.looks(like: bytes) { return .json }
    var scanner = CSVScanner(bytes)
    guard (try? scanner.next()) == true else { return .text }
    let names = scanner.fields.map(\.trimmed)
    return names.contains(where: textNames.contains) ? .csv : .text
  }

  /// Reads a file with a header that names a column `text` or `prompt`, and perhaps `class` and `language`.
  ///
  /// - Complexity: O(bytes).
  package static func prompts(csv bytes: [UInt8]) throws(TraceErrors) -> [Prompt] {
    var reader = try TableReader(bytes, wanted: ["text"])
    let found = textNames.compactMap { reader.position(of: $0) }
    guard found.count == 1 else {
      throw reader.wrongHeader(
        found.isEmpty
          ? "no column 'text' or 'prompt'" : "both a column 'text' and a column 'prompt'",
        wanted: "a header with the column text or prompt, such as class,language,text")
    }
    let label = reader.position(of: "class")
    let language = reader.position(of: "language")
    var prompts: [Prompt] = []
    while let row = reader.next() {
      let text = row[found[0]]
      guard !text.bytes.isEmpty else {
        reader.fail(text, allowed: "a text")
        continue
      }
      guard let string = String(validating: text.bytes, as: UTF8.self) else {
        reader.fail(text, allowed: "a text in UTF-8")
        continue
      }
      prompts.append(
        Prompt(
          text: string, className: label.map { row[$0].trimmed },
          language: language.map { row[$0].trimmed }, line: row[0].line))
    }
    if prompts.isEmpty { reader.failEmpty(allowed: "at least one prompt") }
    try reader.throwErrors()
    return prompts
  }

  /// Reads a prompt a line.
  private static func prompts(lines bytes: [UInt8]) throws(TraceErrors) -> [Prompt] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TraceErrors(errors: [
        TraceError(
          line: 1, column: 1, found: "bytes that are no text in UTF-8", allowed: "text in UTF-8")
      ])
    }
    let body = text.first == "\u{FEFF}" ? text.dropFirst() : text[...]
    var prompts: [Prompt] = []
    // A carriage return with a line feed is one character.
    for (number, line) in body.split(omittingEmptySubsequences: false, whereSeparator: isLineEnd)
      .enumerated()
    where !line.allSatisfy(\.isWhitespace) {
      prompts.append(Prompt(text: String(line), className: nil, language: nil, line: number + 1))
    }
    return try nonEmpty(prompts)
  }

  private static func isLineEnd(_ character: Character) -> Bool {
    character == "\n" || character == "\r\n" || character == "\r"
  }

  private static func nonEmpty(_ prompts: [Prompt]) throws(TraceErrors) -> [Prompt] {
    guard prompts.isEmpty else { return prompts }
    throw TraceErrors(errors: [
      TraceError(line: 1, column: 1, found: "no prompt", allowed: "at least one")
    ])
  }

  // MARK: JSON

  /// Reads objects with `text` or `prompt`, or conversations as ShareGPT (`conversations`) and chat services
  /// (`messages`) keep them, of which each turn of the user is a prompt.
  private static func prompts(json bytes: [UInt8]) throws(TraceErrors) -> [Prompt] {
    let file = try JSONFile(bytes)
    var prompts: [Prompt] = []
    var errors: [TraceError] = []
    for node in file.roots.flatMap({ $0.items ?? [$0] }) where errors.count < TraceErrors.limit {
      let texts = texts(of: node)
      guard !texts.isEmpty else {
        errors.append(
          file.error(
            node,
            allowed:
              "an object with text or prompt, such as {\"text\": \"Hello\", \"class\": \"simple\"}, or with "
              + "conversations or messages that have a turn of the user"))
        continue
      }
      for text in texts {
        prompts.append(
          Prompt(
            text: text, className: node["class"]?.text, language: node["language"]?.text,
            line: file.line(of: node)))
      }
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    return try nonEmpty(prompts)
  }

  private static func texts(of node: JSONNode) -> [String] {
    let own = textNames.compactMap { node[$0]?.text }.filter { !$0.isEmpty }
    if own.count == 1 { return own }
    func turns(_ list: String, _ who: String, _ users: [String], _ text: String) -> [String] {
      (node[list]?.items ?? []).compactMap { turn in
        turn[who]?.text.map(users.contains) == true ? turn[text]?.text : nil
      }.filter { !$0.isEmpty }
    }
    return turns("conversations", "from", ["human", "user"], "value")
      + turns("messages", "role", ["user"], "content")
  }
}
