// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads prompts with their labels from comma-separated text.
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

  /// Reads a file with a header that names a column `text`, and perhaps `class` and `language`.
  ///
  /// Fields may be quoted, and quoted fields may hold commas, line ends and doubled quotes, as in
  /// RFC 4180 (2005), DOI 10.17487/RFC4180.
  ///
  /// - Complexity: O(bytes).
  package static func prompts(csv bytes: [UInt8]) throws(TraceErrors) -> [Prompt] {
    var parser = RecordParser(bytes)
    let header = try parser.next()?.fields ?? []
    guard let text = header.firstIndex(of: "text") else {
      throw TraceErrors(
        errors: [
          TraceError(
            line: 1, column: 1, found: "'" + header.joined(separator: ",") + "'",
            allowed: "a header with the column text, such as class,language,text")
        ])
    }
    let label = header.firstIndex(of: "class")
    let language = header.firstIndex(of: "language")
    var prompts: [Prompt] = []
    var errors: [TraceError] = []
    while errors.count < TraceErrors.limit, let record = try parser.next() {
      guard record.fields.count == header.count else {
        errors.append(
          TraceError(
            line: record.line, column: 1, found: "\(record.fields.count) fields",
            allowed: "\(header.count) fields; a text with commas stands in quotes"))
        continue
      }
      guard !record.fields[text].isEmpty else {
        errors.append(
          TraceError(line: record.line, column: 1, found: "an empty text", allowed: "a text"))
        continue
      }
      prompts.append(
        Prompt(
          text: record.fields[text], className: label.map { record.fields[$0] },
          language: language.map { record.fields[$0] }, line: record.line))
    }
    if prompts.isEmpty && errors.isEmpty {
      errors.append(
        TraceError(line: 1, column: 1, found: "no line", allowed: "at least one prompt"))
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    return prompts
  }
}

extension PromptReader {
  /// Reads CSV with a column `text`, JSON objects one a line, or plain prompts one a line.
  ///
  /// - Parameters:
  ///   - object: reads a JSON object into text, class and language; `nil` when it holds no text.
  /// - Complexity: O(bytes).
  package static func prompts(
    inAnyFormat bytes: [UInt8],
    object: (String) -> (text: String, className: String?, language: String?)?
  ) throws(TraceErrors) -> [Prompt] {
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let header = lines.first?.filter { $0 != "\r" && $0 != "\u{FEFF}" } ?? ""
    if header.split(separator: ",").contains("text") { return try prompts(csv: bytes) }
    let isJSON = lines.first { !$0.allSatisfy(\.isWhitespace) }?.first == "{"
    var prompts: [Prompt] = []
    var errors: [TraceError] = []
    for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      let own = String(line.last == "\r" ? line.dropLast() : line)
      guard isJSON else {
        prompts.append(Prompt(text: own, className: nil, language: nil, line: number + 1))
        continue
      }
      guard let read = object(own) else {
        errors.append(
          TraceError(
            line: number + 1, column: 1, found: "'\(own.prefix(40))'",
            allowed: "a JSON object such as {\"text\": \"Hello\", \"class\": \"simple\"}"))
        continue
      }
      prompts.append(
        Prompt(
          text: read.text, className: read.className, language: read.language, line: number + 1))
    }
    if prompts.isEmpty && errors.isEmpty {
      errors.append(
        TraceError(line: 1, column: 1, found: "no line", allowed: "at least one prompt"))
    }
    guard errors.isEmpty else {
      throw TraceErrors(errors: Array(errors.prefix(TraceErrors.limit)))
    }
    return prompts
  }
}

/// Cuts text into records of fields that may be quoted.
private struct RecordParser {
  struct Record {
    let fields: [String]
    let line: Int
  }

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// The next record that is not an empty line; `nil` at the end.
  mutating func next() throws(TraceErrors) -> Record? {
    while position < bytes.count {
      let first = line
      var fields: [String] = []
      repeat { fields.append(try field()) } while take(UInt8(ascii: ","))
      _ = take(UInt8(ascii: "\r"))
      if take(UInt8(ascii: "\n")) { line += 1 }
      if fields != [""] { return Record(fields: fields, line: first) }
    }
    return nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func field() throws(TraceErrors) -> String {
    guard take(UInt8(ascii: "\"")) else {
      let start = position
      while position < bytes.count, !Array(",\r\n".utf8).contains(bytes[position]) { position += 1 }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }
    let first = line
    var content: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\n") { line += 1 }
      guard byte == UInt8(ascii: "\"") else {
        content.append(byte)
        continue
      }
      if take(UInt8(ascii: "\"")) {
        content.append(byte)
      } else {
        return String(decoding: content, as: UTF8.self)
      }
    }
    throw TraceErrors(
      errors: [
        TraceError(
          line: first, column: 1, found: "a quote that nothing closes", allowed: "a closing quote")
      ])
  }
}
