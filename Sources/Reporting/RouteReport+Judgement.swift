// SPDX-License-Identifier: GPL-3.0-or-later

import Policies
import Quantities

/// How good the choices are where the true classes of prompts are known.
extension RouteReport {
  /// The tables and sentences that follow the prompts.
  func judgements(isMarkdown: Bool) -> String {
    func text(_ table: TextTable) -> String { isMarkdown ? table.markdown : table.plain }
    var texts = confusions.map { confusion in
      "\n  \(confusion.name): \(confusion.matrix.total) prompts of the half that measures, "
        + "accuracy \(percent(confusion.matrix.accuracy))\n\n" + text(confusionTable(confusion))
        + "\n  \(sentence(confusion))\n"
    }
    if let routing {
      texts.append(
        "\n  \(routing.scenario): where \(routing.matrix.total) prompts of the half that "
          + "measures go\n\n"
          + text(routingTable(routing)) + "\n" + text(outcomeTable(routing)) + "\n"
          + sentences(routing).map { "  \($0)\n" }.joined())
    }
    return texts.joined()
  }

  // MARK: Between classes

  private func confusionTable(_ confusion: Confusion) -> TextTable {
    var table = TextTable(
      ["true class"] + classes.map { "\($0)>" } + ["precision>", "recall>"])
    for (number, name) in classes.enumerated() {
      table.add(
        [name] + classes.indices.map { "\(confusion.matrix[number, $0])" } + [
          percent(confusion.matrix.precision(of: number)),
          percent(confusion.matrix.recall(of: number)),
        ])
    }
    return table
  }

  /// The mean cost of an error, and that of always choosing the hardest class.
  func costs(_ confusion: Confusion) -> (own: Double, always: Double) {
    var (own, always) = (0.0, 0.0)
    for trueClass in classes.indices {
      for choice in classes.indices {
        let count = Double(confusion.matrix[trueClass, choice])
        own += count * DifficultyCalibration.cost(of: choice, trueClass: trueClass, down: down)
        always += count * Double(classes.count - 1 - trueClass)
      }
    }
    let total = Double(max(1, confusion.matrix.total))
    return (own / total, always / total)
  }

  private func sentence(_ confusion: Confusion) -> String {
    var lower = 0
    for trueClass in classes.indices {
      for choice in 0..<trueClass { lower += confusion.matrix[trueClass, choice] }
    }
    let (own, always) = costs(confusion)
    let ending =
      own < always
      ? "" : " This is no better than always the strongest: do not route by it."
    return
      "\(lower) of \(confusion.matrix.total) prompts go to too weak a tier. With such an error at "
      + "\(formatted(down, places: 1)) times one to too strong a tier, the mean error costs "
      + "\(formatted(own, places: 2)), and always the strongest "
      + "\(formatted(always, places: 2)).\(ending)"
  }

  // MARK: From classes to models

  private func routingTable(_ routing: Routing) -> TextTable {
    var table = TextTable(["true class"] + routing.models.map { "\($0)>" })
    for (number, name) in classes.enumerated() {
      table.add([name] + routing.models.indices.map { "\(routing.matrix[number, $0])" })
    }
    return table
  }

  private func outcomeTable(_ routing: Routing) -> TextTable {
    var table = TextTable(["sends", "mean quality>", "USD for 1,000 requests at full batches>"])
    for (name, outcome) in [
      ("by the router", routing.routed), ("always to \(routing.strongest)", routing.always),
    ] {
      table.add([
        name, percent(outcome.quality),
        outcome.cost.map { formatted($0 * 1_000, places: 6) } ?? "none",
      ])
    }
    return table
  }

  /// What the router gains and loses against always the strongest model.
  func sentences(_ routing: Routing) -> [String] {
    var texts: [String] = []
    if let own = routing.routed.quality, let floor = routing.floor, own < floor {
      texts.append(
        "The mean quality of what the router chooses, \(percent(own)), lies below its floor of "
          + "\(percent(floor)) on these prompts.")
    }
    guard let own = routing.routed.cost, let always = routing.always.cost else { return texts }
    let lost = (routing.always.quality ?? 0) - (routing.routed.quality ?? 0)
    if own >= always {
      texts.append(
        lost >= 0
          ? "This is no better than always \(routing.strongest): it costs as much and answers no "
            + "better."
          : "It costs no less than always \(routing.strongest).")
    } else if routing.routed.quality != nil, routing.always.quality != nil {
      texts.append(
        "Against always \(routing.strongest) the router saves \(percent(1 - own / always)) of "
          + "the cost and "
          + (lost > 0 ? "loses \(percent(lost)) of the quality." : "loses no quality."))
    }
    return texts
  }

  private func percent(_ share: Double?) -> String {
    share.map { formatted($0 * 100, places: 1) + " %" } ?? "none"
  }
}
