// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs

/// Lengths of prompts and answers of requests that were recorded, side by side.
package struct LengthMeasurements: Sendable, Equatable {
  /// Tokens of each prompt.
  package let prompts: [Int]
  /// Tokens of each answer.
  package let outputs: [Int]
  /// Requests without a token on one side, which are left out: they were not answered.
  package let omitted: Int

  /// The names under which traces have the tokens of a prompt: Azure's, BurstGPT's, Mooncake's and others'.
  package static let promptNames = [
    "ContextTokens", "Request tokens", "prompt_tokens", "num_prefill_tokens", "input_tokens",
    "input_length", "input_toks", "input_len", "isl",
  ]
  /// The names under which they have those of an answer.
  package static let outputNames = [
    "GeneratedTokens", "Response tokens", "output_tokens", "num_decode_tokens", "output_length",
    "output_toks", "output_len", "osl",
  ]

  /// Lengths that are known.
  ///
  /// - Precondition: there are as many of each, one at least.
  package init(prompts: [Int], outputs: [Int]) {
    precondition(!prompts.isEmpty && prompts.count == outputs.count, "lengths stand side by side")
    self.prompts = prompts
    self.outputs = outputs
    omitted = 0
  }

  /// Reads CSV with a header, or objects of JSON, one a line or in a list.
  ///
  /// - Parameters:
  ///   - prompt: the column of prompts; `nil` for one of a usual name.
  ///   - output: the column of answers; likewise.
  /// - Throws: all that is not understood, with its place.
  package init(
    _ bytes: [UInt8], prompt: String? = nil, output: String? = nil,
    where conditions: [MeasuredTable.Condition] = []
  ) throws(TraceErrors) {
    let plain = GzipFile.looks(like: bytes) ? try GzipFile.content(of: bytes) : bytes
    let (all, other) =
      JSONFile.looks(like: plain)
      ? try Self.json(plain, prompt, output, conditions)
      : try Self.table(plain, prompt, output, conditions)
    let answered = all.indices.filter { all[$0] > 0 && other[$0] > 0 }
    guard !answered.isEmpty else {
      throw TraceErrors(errors: [
        TraceError(
          line: 1, column: 1, found: "no request with tokens of a prompt and of an answer",
          allowed: "one at least")
      ])
    }
    prompts = answered.map { all[$0] }
    outputs = answered.map { other[$0] }
    omitted = all.count - answered.count
  }

  private static func table(
    _ bytes: [UInt8], _ prompt: String?, _ output: String?,
    _ conditions: [MeasuredTable.Condition]
  ) throws(TraceErrors) -> ([Int], [Int]) {
    let header = try TableReader(bytes, wanted: [promptNames[0], outputNames[0]])
    var names: [String] = []
    for (given, usual, option) in [
      (prompt, promptNames, "--prompt"), (output, outputNames, "--output-column"),
    ] {
      guard let name = given ?? usual.first(where: { header.position(of: $0) != nil }) else {
        throw header.wrongHeader(
          "no column of a usual name",
          wanted: "one of \(usual.joined(separator: ", ")); or \(option)")
      }
      names.append(name)
    }
    let table = try MeasuredTable(bytes, columns: names, where: conditions)
    func lengths(_ index: Int) throws(TraceErrors) -> [Int] {
      try MeasuredTable.values(
        of: table.rows.map { $0[index] }, allowed: "a whole number of tokens up to 1000000000"
      ) { field in
        field.number.flatMap { $0 == $0.rounded() && $0 >= 0 && $0 <= 1e9 ? Int($0) : nil }
      }
    }
    return (try lengths(0), try lengths(1))
  }

  private static func json(
    _ bytes: [UInt8], _ prompt: String?, _ output: String?,
    _ conditions: [MeasuredTable.Condition]
  ) throws(TraceErrors) -> ([Int], [Int]) {
    let file = try JSONFile(bytes)
    var (prompts, outputs, errors) = ([Int](), [Int](), [TraceError]())
    for node in file.roots.flatMap({ $0.items ?? [$0] }) where errors.count < TraceErrors.limit {
      guard conditions.allSatisfy({ node[$0.column]?.scalar == $0.text }) else { continue }
      func length(_ given: String?, _ usual: [String]) -> Int? {
        let names = given.map { [$0] } ?? usual
        let text = names.lazy.compactMap { node[$0]?.scalar }.first
        return text.flatMap { Int($0) }.flatMap { (0...1_000_000_000).contains($0) ? $0 : nil }
      }
      if let one = length(prompt, promptNames), let other = length(output, outputNames) {
        prompts.append(one)
        outputs.append(other)
      } else {
        errors.append(
          file.error(
            node,
            allowed:
              "an object with tokens of a prompt (\(prompt ?? "input_length, …")) and of an answer "
              + "(\(output ?? "output_length, …"))"))
      }
    }
    guard errors.isEmpty else { throw TraceErrors(errors: errors) }
    return (prompts, outputs)
  }
}
