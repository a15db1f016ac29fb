// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import TokenEngine

/// The tables of a measured surface: three files of one folder.
package enum SurfaceFiles {
  /// The names of the files; each may also be there with `.gz` behind it.
  package static let names = ["ops_by_tokens.csv", "attn_decode.csv", "attn_prefill.csv"]

  private static let operatorColumns = [
    "num_tokens", "attn_pre_proj_ms", "attn_post_proj_ms", "attn_rope_ms",
    "attn_kv_cache_save_ms", "mlp_up_proj_ms", "mlp_act_ms", "mlp_down_proj_ms",
    "input_layernorm_ms", "post_attention_layernorm_ms", "add_ms",
  ]

  /// Milliseconds of a layer's operators by tokens of a step: every number of tokens from one on.
  package static func operators(
    _ bytes: [UInt8]
  ) throws(TraceErrors) -> [SurfaceStepLaw.Operators] {
    let rows = try rows(bytes, operatorColumns, counts: 1)
    var result: [SurfaceStepLaw.Operators?] = []
    for row in rows {
      let tokens = row.counts[0]
      while result.count < tokens { result.append(nil) }
      if tokens > 0 { result[tokens - 1] = SurfaceStepLaw.Operators(row.times) }
    }
    let whole = result.compactMap(\.self)
    guard whole.count == result.count, !whole.isEmpty else {
      let missing = (result.firstIndex { $0 == nil } ?? 0) + 1
      throw problem("no row for \(missing) tokens", "every number of tokens from 1 on")
    }
    return whole
  }

  /// Attention of decodes by requests and context.
  package static func decode(_ bytes: [UInt8]) throws(TraceErrors) -> SurfaceStepLaw.Table {
    let columns = ["avg_kv_tokens_rounded64", "decode_batch_size", "attn_decode_ms"]
    return try table(bytes, columns)
  }

  /// Attention of prompts by tokens and context.
  package static func prefill(_ bytes: [UInt8]) throws(TraceErrors) -> SurfaceStepLaw.Table {
    let columns = ["kv_tokens_rounded64", "prefill_chunk_tokens", "attn_prefill_ms"]
    return try table(bytes, columns)
  }

  private static func table(
    _ bytes: [UInt8], _ columns: [String]
  ) throws(TraceErrors) -> SurfaceStepLaw.Table {
    let rows = try rows(bytes, columns, counts: 2)
    let contexts = (rows.map { $0.counts[0] }.max() ?? 0) / 64 + 1
    let counts = max(1, rows.map { $0.counts[1] }.max() ?? 0)
    guard contexts * counts <= 1 << 25 else {
      throw problem("a table of \(contexts) by \(counts)", "at most \(1 << 25) places")
    }
    var times = [Double](repeating: .nan, count: contexts * counts)
    for row in rows where row.counts[1] > 0 {
      guard row.counts[0] % 64 == 0 else {
        throw problem("a context of \(row.counts[0])", "multiples of 64 under \(columns[0])")
      }
      times[row.counts[0] / 64 * counts + row.counts[1] - 1] = row.times[0]
    }
    return SurfaceStepLaw.Table(contexts: contexts, counts: counts, milliseconds: times)
  }

  private static func rows(
    _ bytes: [UInt8], _ columns: [String], counts: Int
  ) throws(TraceErrors) -> [(counts: [Int], times: [Double])] {
    let plain = GzipFile.looks(like: bytes) ? try GzipFile.content(of: bytes) : bytes
    var table = try TableReader(plain, wanted: columns)
    let places = try table.positions(of: columns)
    var rows: [(counts: [Int], times: [Double])] = []
    while let row = table.next() {
      let numbers = places.prefix(counts).compactMap { place -> Int? in
        guard let number = row[place].wholeNumber, number < 1 << 24 else { return nil }
        return Int(number)
      }
      let times = places.dropFirst(counts).compactMap { place -> Double? in
        guard let time = row[place].number, time >= 0, time <= 1e9 else { return nil }
        return time
      }
      guard numbers.count == counts else {
        table.fail(row[places[0]], allowed: "whole numbers up to \(1 << 24)")
        continue
      }
      guard times.count == columns.count - counts else {
        table.fail(row[places[counts]], allowed: "milliseconds from 0 on")
        continue
      }
      rows.append((numbers, times))
    }
    if rows.isEmpty { table.failEmpty() }
    try table.throwErrors()
    return rows
  }

  private static func problem(_ found: String, _ allowed: String) -> TraceErrors {
    TraceErrors(errors: [TraceError(line: 1, column: 1, found: found, allowed: allowed)])
  }
}
