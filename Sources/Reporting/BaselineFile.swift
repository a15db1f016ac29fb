// SPDX-License-Identifier: GPL-3.0-or-later

import Checks
import Foundation
import Recording
import Statistics

/// Runs as ``CheckReport/json()`` wrote them, read to hold later ones against them.
package enum BaselineFile {
  /// Why a file is no baseline.
  package struct Unreadable: Error, CustomStringConvertible {
    /// What is wrong and what would be allowed.
    package let description: String
  }

  private struct Document: Decodable {
    struct Measure: Decodable {
      let name: String
      let unit: String
      let estimate: Double?
      let mean: Double?
      let low: Double?
      let high: Double?
      let samples: Int
      let exact: Bool
      let state: String
      let note: String
    }
    let plimsoll: Int
    let scenario: String
    let seed: UInt64
    let replications: Int
    let digest: String
    let measures: [Measure]
    let samples: RunValues?
  }

  /// An entry of a file: a run, or a scenario that could not be judged, which is no run.
  private struct Entry: Decodable {
    let run: Document?

    private enum CodingKeys: String, CodingKey { case errors }

    init(from decoder: any Decoder) throws {
      let keys = try decoder.container(keyedBy: CodingKeys.self)
      run = keys.contains(.errors) ? nil : try Document(from: decoder)
    }
  }

  /// The runs of a file.
  ///
  /// - Throws: ``Unreadable`` where it is not what `plimsoll check --save` writes.
  package static func runs(_ bytes: [UInt8], path: String) throws(Unreadable) -> [ComparedRun] {
    let allowed = "allowed: a file that plimsoll check --save or --format json wrote"
    let documents: [Document]
    do {
      let data = Data(bytes)
      let isList = bytes.first { !" \n\r\t".utf8.contains($0) } == UInt8(ascii: "[")
      documents =
        isList
        ? try JSONDecoder().decode([Entry].self, from: data).compactMap(\.run)
        : [try JSONDecoder().decode(Entry.self, from: data)].compactMap(\.run)
    } catch {
      throw Unreadable(description: "\(path): is no baseline; \(allowed)")
    }
    var runs: [ComparedRun] = []
    for document in documents {
      guard document.plimsoll == 1 else {
        throw Unreadable(
          description: "\(path): plimsoll: \(document.plimsoll) is a version that is not known; "
            + "allowed: 1")
      }
      guard let values = document.samples else {
        throw Unreadable(
          description: "\(path): has no samples of \(document.scenario), so nothing can be held "
            + "against it; \(allowed)")
      }
      runs.append(
        ComparedRun(
          scenario: document.scenario, origin: path, seed: document.seed,
          replications: document.replications, digest: document.digest,
          rows: document.measures.map(row), values: values))
    }
    return runs
  }

  private static func row(_ measure: Document.Measure) -> MeasureRow {
    MeasureRow(
      name: measure.name, unit: measure.unit,
      interval: measure.samples == 0
        ? nil
        : Interval(
          estimate: measure.estimate ?? measure.mean ?? .infinity, low: measure.low ?? -.infinity,
          high: measure.high ?? .infinity, samples: measure.samples, isExact: measure.exact),
      state: measure.state == ValueText.infinite
        ? .estimated : MeasureRow.State(rawValue: measure.state) ?? .insufficient,
      note: measure.note)
  }
}
