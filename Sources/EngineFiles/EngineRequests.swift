// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import TokenEngine

/// The requests of a file for an engine, in the order of their arrival.
package struct EngineRequests: Sendable {
  /// The requests; those of one instant in the order of their ids.
  package let requests: [TokenRequest]
  /// When each arrives in seconds, as it is written; empty where arrivals are nanoseconds.
  package let seconds: [Double]
  /// What each is called, where that is not its id.
  package let labels: [String]

  /// Reads requests of a file with `id, arrival_ns, prompt_tokens, output_tokens` and, where the engine asks for them,
  /// `priority` and `blocks`; other columns are not looked at.
  ///
  /// - Throws: everything that is wrong with it, each with its place.
  package init(_ bytes: [UInt8], for engine: some EngineOfRequests) throws(TraceErrors) {
    var table = try Self.table(bytes, ["id", "arrival_ns", "prompt_tokens", "output_tokens"])
    var names = ["id", "arrival_ns", "prompt_tokens", "output_tokens"]
    if engine.knowsPriorities { names.append("priority") }
    if engine.prefixBlockSize != nil { names.append("blocks") }
    let places = try table.positions(of: names)
    let priorityPlace = engine.knowsPriorities ? places[4] : nil
    let blocks = engine.prefixBlockSize.map { (size: $0, place: places[places.count - 1]) }
    var read: [TokenRequest] = []
    var ids: Set<Int> = []
    while let row = table.next() {
      guard let id = Self.whole(row[places[0]], 0...Int(Int64.max), &table),
        let arrival = Self.whole(row[places[1]], 0...1 << 61, &table),
        let sizes = Self.sizes(row, places, &table)
      else { continue }
      guard ids.insert(id).inserted else {
        table.fail(row[places[0]], allowed: "an id that no other row has")
        continue
      }
      var priority = 0
      if let priorityPlace {
        guard let read = Self.whole(row[priorityPlace], -(1 << 40)...1 << 40, &table) else {
          continue
        }
        priority = read
      }
      if let allowed = Self.limit(of: engine, sizes) {
        table.fail(row[places[2]], allowed: allowed)
        continue
      }
      var chain = BlockChain()
      if let blocks {
        let full = (sizes.prompt + sizes.output) / blocks.size
        guard let read = Self.chain(row[blocks.place], of: full, &table) else { continue }
        chain = read
      }
      read.append(
        TokenRequest(
          id: id, arrival: Int64(arrival), promptTokens: sizes.prompt,
          outputTokens: sizes.output, priority: priority, blocks: chain))
    }
    if read.isEmpty { table.failEmpty() }
    try table.throwErrors()
    requests = read.sorted { ($0.arrival, $0.id) < ($1.arrival, $1.id) }
    seconds = []
    labels = []
  }

  /// What sizes an engine allows; `nil` where it allows those.
  private static func limit(
    of engine: some EngineOfRequests, _ sizes: (prompt: Int, output: Int)
  ) -> String? {
    if let most = engine.maxModelLength, sizes.prompt + sizes.output > most {
      return "prompt and answer of at most \(most) tokens, the model's context"
    }
    return engine.refusal(promptTokens: sizes.prompt, outputTokens: sizes.output)
      .map { "a request that fits: \($0)" }
  }

  /// Reads requests of a file with `request_id, arrived_at_s, prompt_tokens, output_tokens`; other columns are not
  /// looked at.
  ///
  /// - Throws: everything that is wrong with it, each with its place.
  package init(
    _ bytes: [UInt8], for engine: EngineConfiguration.PromptReserving
  ) throws(TraceErrors) {
    let names = ["request_id", "arrived_at_s", "prompt_tokens", "output_tokens"]
    var table = try Self.table(bytes, names)
    let places = try table.positions(of: names)
    var read: [(seconds: Double, label: String, prompt: Int, output: Int)] = []
    while let row = table.next() {
      guard let seconds = row[places[1]].number, seconds >= 0, seconds < 1e9 else {
        table.fail(row[places[1]], allowed: "seconds from 0 on")
        continue
      }
      guard let sizes = Self.sizes(row, places, &table) else { continue }
      if let refusal = engine.settings.refusal(
        promptTokens: sizes.prompt, outputTokens: sizes.output)
      {
        table.fail(row[places[2]], allowed: "a request that fits: \(refusal)")
        continue
      }
      read.append((seconds, row[places[0]].trimmed, sizes.prompt, sizes.output))
    }
    if read.isEmpty { table.failEmpty() }
    try table.throwErrors()
    let order = read.indices.sorted { (read[$0].seconds, $0) < (read[$1].seconds, $1) }
    requests = order.enumerated().map { id, place in
      TokenRequest(
        id: id, arrival: Int64((read[place].seconds * 1e9).rounded()),
        promptTokens: read[place].prompt, outputTokens: read[place].output)
    }
    seconds = order.map { read[$0].seconds }
    labels = order.map { read[$0].label }
  }

  // MARK: Parts

  private static func table(_ bytes: [UInt8], _ names: [String]) throws(TraceErrors) -> TableReader
  {
    let plain = GzipFile.looks(like: bytes) ? try GzipFile.content(of: bytes) : bytes
    return try TableReader(plain, wanted: names)
  }

  private static func whole(
    _ field: InputField, _ range: ClosedRange<Int>, _ table: inout TableReader
  ) -> Int? {
    if let number = Int(field.trimmed), range.contains(number) { return number }
    table.fail(field, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  private static func sizes(
    _ row: [InputField], _ places: [Int], _ table: inout TableReader
  ) -> (prompt: Int, output: Int)? {
    guard let prompt = whole(row[places[2]], 1...100_000_000, &table),
      let output = whole(row[places[3]], 1...100_000_000, &table)
    else { return nil }
    return (prompt, output)
  }

  /// The chain of so many blocks that a field tells.
  private static func chain(
    _ field: InputField, of count: Int, _ table: inout TableReader
  ) -> BlockChain? {
    if let read = BlockChain(written: field.bytes), read.count == count { return read }
    table.fail(
      field, allowed: "\(count) block numbers, as ranges a-b or alone, with blanks between")
    return nil
  }
}
