// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs

/// What a column of measured steps or of a benchmark holds.
package enum MeasuredColumn: String, CaseIterable, Sendable {
  /// Requests that get a token in a step.
  case sequences
  /// Tokens of prompts in a step.
  case prefill
  /// Tokens whose keys and values are read in a step.
  case context
  /// The time of a step.
  case time
  /// How many requests are out at a time.
  case clients
  /// Tokens of a prompt, on average.
  case prompt
  /// Tokens of an answer, on average.
  case output
  /// Requests in all.
  case requests
  /// The mean time to the first token.
  case ttft
  /// The mean time of a token after the first.
  case tpot

  /// The names under which programs write it, the surest first; times without their unit.
  package var names: [String] {
    switch self {
    case .sequences: ["sequences", "scheduled", "num_running", "running", "batch_size", "batch"]
    case .prefill: ["prefill_tokens", "num_prefill_tokens", "prefill"]
    case .context: ["context_tokens", "num_context_tokens", "kv_tokens", "context"]
    case .time: ["duration", "step_time", "time", "latency"]
    case .clients: ["max_concurrency", "concurrency", "clients", "batch_size"]
    case .prompt: ["prompt_tokens", "input_tokens", "input_len", "isl"]
    case .output: ["output_tokens", "output_len", "osl"]
    case .requests: ["completed", "num_prompts", "requests"]
    case .ttft: ["mean_ttft", "ttft", "silicon_ttft"]
    case .tpot: ["mean_tpot", "tpot", "silicon_tpot"]
    }
  }

  /// Whether it is a time, whose unit ends its name.
  var isTime: Bool { self == .time || self == .ttft || self == .tpot }

  /// Units by the ends of names, in seconds.
  static let units: [(end: String, seconds: Double)] = [
    ("_ns", 1e-9), ("_us", 1e-6), ("_ms", 1e-3), ("_s", 1),
  ]

  /// The unit that a name ends with, in seconds; `nil` where it ends with none.
  static func unit(of name: String) -> Double? {
    units.first { name.lowercased().hasSuffix($0.end) }?.seconds
  }
}

/// Which columns of a table are read, and in which unit its times are.
package struct ColumnChoice: Sendable {
  /// Columns that the user named, instead of those with a usual name.
  package let named: [(column: MeasuredColumn, name: String)]
  /// The unit of times whose names end with none, in seconds.
  package let unit: Double?

  /// A choice of those columns.
  package init(named: [(column: MeasuredColumn, name: String)] = [], unit: Double? = nil) {
    self.named = named
    self.unit = unit
  }

  /// The column's name in a table; `nil` where it has none.
  func name(of column: MeasuredColumn, in table: TableReader) -> String? {
    if let given = named.first(where: { $0.column == column })?.name { return given }
    let names =
      column.isTime
      ? column.names.flatMap { name in MeasuredColumn.units.map { name + $0.end } + [name] }
      : column.names
    return names.first { table.position(of: $0) != nil }
  }

  /// The unit of a column of times, in seconds; `nil` where nothing says it.
  func unit(of name: String) -> Double? { MeasuredColumn.unit(of: name) ?? unit }
}
