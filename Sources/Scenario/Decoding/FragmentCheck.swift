// SPDX-License-Identifier: GPL-3.0-or-later

/// Where in a scenario a fragment belongs.
package enum FragmentPlace: String, Sendable, CaseIterable {
  /// Under `workload`.
  case workload
  /// Under a spot pool of the fleet.
  case pool = "fleet.POOL"
  /// At the top: regions and zones.
  case top = "the top"
  /// Under the batches of a model on a machine type.
  case batch = "models.MODEL.on.TYPE.batch"
  /// Under the engine of a model on a machine type.
  case engine = "models.MODEL.on.TYPE.engine"
}

/// Puts a fragment in its place in a scenario of one machine, to see whether it can run.
package struct FragmentCheck: Sendable {
  private let text: String
  private let place: FragmentPlace

  /// A check of the text of a fragment's file.
  package init(_ text: String, at place: FragmentPlace) {
    self.text = text
    self.place = place
  }

  /// What keeps a scenario that includes the fragment from running; nil where nothing does.
  ///
  /// - Complexity: that of reading a small scenario.
  package func problems() -> ScenarioErrors? {
    let (text, scenario) = (text, self.scenario)
    let reader = FileReader { (path: String) throws(FileReadFailure) -> [UInt8] in
      switch path {
      case "scenario.yaml": return Array(scenario.utf8)
      case "fragment.yaml": return Array(text.utf8)
      case "prices.yaml": return Array(Self.prices.utf8)
      default: throw .missing
      }
    }
    do throws(ScenarioErrors) {
      _ = try ScenarioLoader.load("scenario.yaml", files: reader)
      return nil
    } catch {
      return error
    }
  }

  private static let prices = """
    plimsoll_prices: 1
    name: check
    source: made up
    read: 2024-12-10
    machines: { t: { onDemand: 1 USD/h } }
    """

  private var lines: [Substring] { text.split(separator: "\n") }

  private var scenario: String {
    let include = "include: fragment.yaml"
    func here(_ place: FragmentPlace) -> String { self.place == place ? ", \(include)" : "" }
    let hasArrivals = lines.contains { $0.hasPrefix("arrivals:") }
    let workload =
      place == .workload
      ? "{ \(hasArrivals ? "" : "arrivals: { rate: 1/s }, ")\(include) }"
      : place == .engine
        ? "{ arrivals: { rate: 1/s }, prompt_tokens: 64, output_tokens: 4 }"
        : "{ arrivals: { rate: 1/s } }"
    let service =
      switch place {
      case .batch: "batch: { max: 1, \(include) }"
      case .engine:
        "engine: { max_num_seqs: 2, max_num_batched_tokens: 512, num_blocks: 100, \(include) }"
      default: "batch: { max: 1, latency: { 1: 10ms } }"
      }
    let pools = zones.enumerated().map { number, zone in
      """
        pool\(number): { type: t, zone: \(zone), market: spot, machines: 1, price: 1 USD/h, \
      serves: { m: 1 }\(here(.pool)) }
      """
    }
    return """
      plimsoll: 1
      start: 2024-12-09T00:00:00Z
      horizon: 1h
      requests: { from: 0s, for: 1min }
      replications: 1
      seed: 1
      cloud: { answer: 1s, boot: 1s, load: 1s }
      prices: prices.yaml
      \(place == .top ? include : "")
      workload: \(workload)
      client: { timeout: 5s, retries: 0 }
      models: { m: { on: { t: { \(service) } } } }
      policies: { queue: { limit: 10 } }
      fleet:
      \(pools.joined(separator: "\n"))
      """
  }

  /// The zones that the fragment speaks of, as it writes their names; some zone where it speaks of
  /// none.
  private var zones: [String] {
    let named = lines.drop { $0 != "zones:" }.dropFirst().prefix { $0.hasPrefix("  ") }
      .compactMap { line -> String? in
        let name = line.dropFirst(2)
        return name.firstRange(of: ": {").map { String(name[..<$0.lowerBound]) }
      }
    return place == .top && !named.isEmpty ? named : ["us-east-1a"]
  }
}
