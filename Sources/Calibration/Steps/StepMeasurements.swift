// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import TokenEngine

/// A step that was measured.
package struct MeasuredStep: Sendable, Equatable {
  /// What the engine did in it.
  package let shape: StepShape
  /// How long it took, in seconds.
  package let seconds: Double

  /// A step of those values.
  package init(shape: StepShape, seconds: Double) {
    self.shape = shape
    self.seconds = seconds
  }

  /// A step of so many requests, of which one computes all tokens of prompts.
  package init(sequences: Int, prefill: Int, context: Int, seconds: Double) {
    var shape = StepShape()
    shape.sequences = sequences
    shape.contextTokens = context
    shape.prefillTokens = prefill
    shape.prefillParts = prefill > 0 ? 1 : 0
    shape.decodes = sequences - shape.prefillParts
    shape.decodeContextTokens = shape.decodes > 0 ? context : 0
    shape.prefillSquares = prefill * prefill
    shape.prefillProducts = shape.decodes > 0 ? 0 : prefill * context
    self.init(shape: shape, seconds: seconds)
  }
}

/// One row of a benchmark in a closed loop: so many clients, each of which asks again when it has its answer.
package struct BenchmarkPoint: Sendable, Equatable {
  /// Requests that are out at a time.
  package let clients: Int
  /// Tokens of a prompt, on average.
  package let prompt: Double
  /// Tokens of an answer, on average.
  package let output: Double
  /// Requests in all; `nil` where nobody says.
  package let requests: Int?
  /// The mean time to the first token, in seconds.
  package let firstToken: Double
  /// The mean time of a token after the first, in seconds; `nil` where answers have one token.
  package let perToken: Double?

  /// A row of those values.
  package init(
    clients: Int, prompt: Double, output: Double, requests: Int? = nil, firstToken: Double,
    perToken: Double?
  ) {
    self.clients = clients
    self.prompt = prompt
    self.output = output
    self.requests = requests
    self.firstToken = firstToken
    self.perToken = perToken
  }

  /// Output tokens a second of all clients, from the mean times.
  var throughput: Double {
    Double(clients) * output / (firstToken + (output - 1) * (perToken ?? 0))
  }
}

/// What a file of measurements holds.
package enum StepMeasurements: Sendable, Equatable {
  /// Single steps.
  case steps([MeasuredStep])
  /// Rows of benchmarks.
  case benchmark([BenchmarkPoint])

  /// How many there are.
  package var count: Int {
    switch self {
    case .steps(let steps): steps.count
    case .benchmark(let points): points.count
    }
  }

  /// Reads a table of steps, a table of benchmarks, or what a load tester wrote as JSON.
  ///
  /// A table that has a column of clients and one of the time to the first token is of benchmarks.
  ///
  /// - Throws: all that is not understood, with its place.
  package init(
    _ bytes: [UInt8], _ choice: ColumnChoice = ColumnChoice(),
    where conditions: [MeasuredTable.Condition] = []
  ) throws(TraceErrors) {
    let plain = GzipFile.looks(like: bytes) ? try GzipFile.content(of: bytes) : bytes
    if JSONFile.looks(like: plain) {
      self = .benchmark(try BenchmarkJSON.points(of: JSONFile(plain)))
      return
    }
    let header = try TableReader(plain, wanted: MeasuredColumn.sequences.names)
    if choice.name(of: .clients, in: header) != nil, choice.name(of: .ttft, in: header) != nil {
      self = .benchmark(try Self.benchmark(plain, header, choice, conditions))
    } else {
      self = .steps(try Self.steps(plain, header, choice, conditions))
    }
  }

  /// The columns that are there, and the fields under them.
  private struct Columns {
    let names: [String]
    let table: MeasuredTable

    init(
      _ bytes: [UInt8], _ header: TableReader, _ choice: ColumnChoice,
      _ conditions: [MeasuredTable.Condition], _ wanted: [MeasuredColumn]
    ) throws(TraceErrors) {
      var names: [String] = []
      for column in wanted {
        guard let name = choice.name(of: column, in: header) else {
          let usual = column.isTime ? column.names.map { $0 + "_ms" } : column.names
          throw header.wrongHeader(
            "no column of \(column.rawValue)",
            wanted: "one of \(usual.joined(separator: ", ")); or --column \(column.rawValue)=NAME")
        }
        if column.isTime, choice.unit(of: name) == nil {
          throw header.wrongHeader(
            "column '\(name)', whose name ends with no unit,",
            wanted: "a name that ends with _ns, _us, _ms or _s, or --unit")
        }
        names.append(name)
      }
      self.names = names
      table = try MeasuredTable(bytes, columns: names, where: conditions)
    }

    func counts(_ index: Int, from least: Int) throws(TraceErrors) -> [Int] {
      try MeasuredTable.values(
        of: table.rows.map { $0[index] }, allowed: "a whole number from \(least) to 1000000000"
      ) { field in
        field.number.flatMap { number in
          number == number.rounded() && number >= Double(least) && number <= 1e9
            ? Int(number) : nil
        }
      }
    }

    func numbers(_ index: Int, from least: Double, _ what: String) throws(TraceErrors) -> [Double] {
      try MeasuredTable.numbers(
        of: table.rows.map { $0[index] }, allowed: "\(what) from \(Int(least)) on"
      ) { $0 >= least && $0 <= 1e9 }
    }

    func times(_ index: Int, _ choice: ColumnChoice) throws(TraceErrors) -> [Double] {
      let unit = choice.unit(of: names[index]) ?? 1e-3
      return try MeasuredTable.numbers(
        of: table.rows.map { $0[index] }, allowed: "a time above 0 of up to an hour"
      ) { $0 > 0 && $0 * unit <= 3_600 }.map { $0 * unit }
    }
  }

  private static func steps(
    _ bytes: [UInt8], _ header: TableReader, _ choice: ColumnChoice,
    _ conditions: [MeasuredTable.Condition]
  ) throws(TraceErrors) -> [MeasuredStep] {
    let columns = try Columns(
      bytes, header, choice, conditions, [.sequences, .prefill, .context, .time])
    let sequences = try columns.counts(0, from: 1)
    let prefill = try columns.counts(1, from: 0)
    let context = try columns.counts(2, from: 0)
    let times = try columns.times(3, choice)
    return sequences.indices.map { row in
      MeasuredStep(
        sequences: sequences[row], prefill: prefill[row], context: context[row],
        seconds: times[row])
    }
  }

  private static func benchmark(
    _ bytes: [UInt8], _ header: TableReader, _ choice: ColumnChoice,
    _ conditions: [MeasuredTable.Condition]
  ) throws(TraceErrors) -> [BenchmarkPoint] {
    let hasRequests = choice.name(of: .requests, in: header) != nil
    let wanted: [MeasuredColumn] = [.clients, .prompt, .output, .ttft, .tpot]
    let columns = try Columns(
      bytes, header, choice, conditions, wanted + (hasRequests ? [.requests] : []))
    let clients = try columns.counts(0, from: 1)
    let prompts = try columns.numbers(1, from: 1, "tokens of a prompt")
    let outputs = try columns.numbers(2, from: 1, "tokens of an answer")
    let first = try columns.times(3, choice)
    let next = try columns.times(4, choice)
    let requests = hasRequests ? try columns.counts(5, from: 1) : []
    return clients.indices.map { row in
      BenchmarkPoint(
        clients: clients[row], prompt: prompts[row], output: outputs[row],
        requests: hasRequests ? requests[row] : nil, firstToken: first[row],
        perToken: outputs[row] > 1 ? next[row] : nil)
    }
  }
}
