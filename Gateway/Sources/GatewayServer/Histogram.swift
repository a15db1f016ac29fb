// SPDX-License-Identifier: Apache-2.0

/// Counts of seconds below edges, as Prometheus has them.
struct Histogram: Sendable {
  let edges: [Double]
  private(set) var counts: [UInt64]
  private(set) var sum = 0.0

  init(edges: [Double]) {
    self.edges = edges
    counts = Array(repeating: 0, count: edges.count + 1)
  }

  /// Edges for answers: from 5 ms to 10 min.
  static let answerEdges = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600,
  ]
  /// Edges for the gateway's own share: from 50 µs to 1 s, with one at the bar of 1 ms.
  static let ownEdges = [
    0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1,
  ]

  mutating func add(_ seconds: Double) {
    counts[edges.firstIndex { seconds <= $0 } ?? edges.count] += 1
    sum += seconds
  }
}

/// Prometheus' text format 0.0.4.
struct MetricsText {
  private(set) var text = ""

  mutating func begin(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  mutating func value(
    _ name: String, _ labels: [(String, String)] = [], _ value: some CustomStringConvertible
  ) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}"
    }
    text += " \(value)\n"
  }

  mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
    begin(name, "histogram", help)
    var sum: UInt64 = 0
    for (place, edge) in histogram.edges.enumerated() {
      sum += histogram.counts[place]
      value("\(name)_bucket", [("le", "\(edge)")], sum)
    }
    sum += histogram.counts[histogram.edges.count]
    value("\(name)_bucket", [("le", "+Inf")], sum)
    value("\(name)_sum", [], histogram.sum)
    value("\(name)_count", [], sum)
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
