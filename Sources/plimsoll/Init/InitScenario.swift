// SPDX-License-Identifier: GPL-3.0-or-later

import Catalogue
import Quantities

/// A scenario that `plimsoll init` writes, with comments.
struct InitScenario {
  /// Where arrivals come from.
  enum Arrivals {
    case series(path: String, notes: String)
    case trace(path: String, notes: String)
    case rate(String)
  }

  let command: String
  let output: String
  let template: InitTemplate
  let model: CatalogueModel
  let precision: WeightPrecision?
  let machine: CatalogueMachine
  let zone: String
  /// Where arrivals come from, when the fleet starts, and for how long it runs.
  let time: (arrivals: Arrivals, start: String, horizon: TimeSpan)
  let targets: [(text: String, note: String)]
  /// Replicas of the model on each machine.
  let replicas: Int
  /// How many machines.
  var machines = 1
  /// Why so many.
  var sizing = ""
  /// The mean rate in requests a second, by which windows are chosen so that a first run takes seconds.
  var meanRate = 1.0

  /// How many minutes are sampled: about ten thousand requests in each replication.
  private var windows: Int { min(48, max(16, Int(10_000 / (60 * max(meanRate, 0.01))))) }

  /// Whether requests are sampled in windows: where the horizon is longer than a few hours.
  private var isSampled: Bool { time.horizon > .hours(6) }

  /// Aligned comments behind values.
  private func line(_ text: String, _ note: String) -> String {
    note.isEmpty ? text : "\(text) # \(note)"
  }

  /// The text of the file.
  var text: String {
    var lines = [
      "# yaml-language-server: $schema=\(PrintSchema.fileName)",
      "# Written by: \(command)",
      "# What is a guess says so: put your own numbers there. Then:",
      "#   plimsoll check \(output)",
      "#   plimsoll optimize \(output) --over fleet.base.machines=1..\(max(4, machines + 2))",
      "#   plimsoll report",
      "plimsoll: 1",
      "about: \(model.name) on \(machine.name) for \(template.about).",
      "start: \(time.start)",
      line("horizon: \(hours)", "the bill is scaled to a month of 730 h"),
    ]
    if isSampled {
      lines += [
        "# A sample of the time: more windows and replications, narrower intervals. Load above 60 % is sampled apart.",
        "requests: { windows: \(windows), length: 1min, warmup: 1min, certain_load: 60%, certain: 1_000 }",
      ]
    } else {
      lines.append("requests: all")
    }
    lines += [
      "replications: \(isSampled ? 3 : 5)",
      line(
        "cloud: ideal",
        "machines are there from the start; spot and autoscaling need start-up times"),
      line(
        "prices: catalogue",
        "the newest that it has; or { catalogue: 2026-01-19 }, or a file of your own"),
      "billing: \(["gcp", "azure"].contains(machine.cloud) ? machine.cloud : "aws")",
      "workload:",
    ]
    switch time.arrivals {
    case .series(let path, let notes):
      lines.append(line("  arrivals: { series: \(Self.quoted(path)) }", notes))
    case .trace(let path, let notes):
      lines.append(
        line("  arrivals: { trace: \(Self.quoted(path)), times: relative, end: zero }", notes))
    case .rate(let rate): lines.append("  arrivals: { rate: \(rate) }")
    }
    var isTrace = false
    if case .trace = time.arrivals { isTrace = true }
    for text in template.lengths where !isTrace || text.hasPrefix("system_prompts") {
      lines.append("  \(text)")
    }
    lines += ["client: { timeout: \(template.timeout), retries: 0 }", "models:"]
    lines += modelLines
    lines += [
      "fleet:",
      "  base:",
      "    type: \(machine.name)",
      "    zone: \(zone)",
      "    market: onDemand",
      line("    machines: \(machines)", sizing),
      line(
        "    serves: { \(model.name): \(replicas) }",
        "replicas on each machine, of \(machine.devices / replicas) of its \(machine.devices) devices each"
      ),
      line("policies: { queue: { limit: 512 } }", "requests that wait at a replica"),
      "targets:",
    ]
    lines += targets.map { line("  - \($0.text)", $0.note) }
    return lines.joined(separator: "\n") + "\n"
  }

  private var modelLines: [String] {
    guard template != .reference else {
      return [
        "  \(model.name):",
        "    on:",
        "      # Batch times of the public reference design: measure yours.",
        "      \(machine.name): { batch: { max: 32, latency: { 1: 42.5ms, 32: 50ms, 64: 100ms } } }",
      ]
    }
    let precision = self.precision ?? model.precision
    return [
      "  # Sizes, step times, KV blocks and vLLM's defaults come from the catalogue; a run prints them with their sources.",
      "  # Your own replace them: on: { \(machine.name): { engine: { num_blocks: …, step: { affine: { … } } } } }.",
      line(
        "  \(model.name): { precision: \(precision?.rawValue ?? "bf16") }",
        "of the weights; or bf16, fp8, int8, fp4"),
    ]
  }

  private var hours: String {
    let hours = time.horizon.inSeconds / 3_600
    return hours == hours.rounded() ? "\(Int(hours))h" : "\(time.horizon)"
  }

  private static func quoted(_ path: String) -> String {
    path.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) } ? path : "\"\(path)\""
  }

  /// How many replicas fit on a machine: on as few devices each as leave four tenths of their memory to keys and values.
  static func replicas(
    of model: CatalogueModel, in precision: WeightPrecision?, on machine: CatalogueMachine,
    memory: Double
  ) -> Int? {
    let card = model.card(in: precision)
    let counts = (1...machine.devices).filter { machine.devices % $0 == 0 && card.heads % $0 == 0 }
    for share in [0.6, 0.85] {
      for devices in counts
      where max(devices, card.kvHeads) % min(devices, card.kvHeads) == 0
        && card.weightBytes / Double(devices) <= memory * 0.92 * share
      {
        return machine.devices / devices
      }
    }
    return nil
  }
}
