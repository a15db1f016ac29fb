// SPDX-License-Identifier: GPL-3.0-or-later

/// The names that targets may use; `nil` where the file's own are not known.
struct TargetNames {
  let models: [String]?
  let pools: [String]?
  let bill: [String]
  /// Whether replicas know tokens.
  let knowsTokens: Bool?

  /// Notes a name that the scenario does not have.
  func check(_ target: Target, at value: ValueReader, into diagnostics: inout Diagnostics) {
    func look(for name: String, among known: [String]?) {
      guard let known, !known.contains(name) else { return }
      value.report(
        .lacks(.reference, found: name, allowed: known.joined(separator: ", ")), into: &diagnostics)
    }
    check(needsTokens: target.measure.needsTokens, at: value, into: &diagnostics)
    switch target.measure {
    case .qualityLoss(let model, _): look(for: model, among: models)
    case .tokenPriceRatio(let first, let second):
      look(for: first, among: models)
      look(for: second, among: models)
    case .spotDiscount(let pool), .machinesReadyOfPool(let pool): look(for: pool, among: pools)
    case .billShare(let line): look(for: line, among: bill)
    default: break
    }
  }

  /// Notes that a measure of tokens is asked for where replicas know none.
  func check(needsTokens: Bool, at value: ValueReader, into diagnostics: inout Diagnostics) {
    guard needsTokens, knowsTokens == false else { return }
    value.report(
      .rule(
        .conflict,
        "replicas that serve by batches tell nothing of tokens; give their models an engine"),
      into: &diagnostics)
  }
}
