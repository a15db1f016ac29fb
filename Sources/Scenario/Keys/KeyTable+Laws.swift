// SPDX-License-Identifier: GPL-3.0-or-later

/// The laws of random values.
extension KeyTable {
  /// What a law may be: a value, a word, or one of the named laws with its parameters.
  static func alternatives(of kind: LawKind) -> [KeyShape] {
    switch kind {
    case .times: timeLaws
    case .counts: countLaws
    case .unit: [.words(["constant", "exponential"]), .choice(unitLaws)]
    }
  }

  private static let timeLaws = laws(.quantity(.time), "5s")
  private static let countLaws = laws(.number(0...1e9), "350")
  private static let anyNumber = KeyShape.number(-Double.infinity...Double.infinity)

  private static func laws(_ value: KeyShape, _ example: String) -> [KeyShape] {
    func must(_ name: String, _ meaning: String) -> KeyDefinition {
      .must(name, value, meaning, as: example)
    }
    let cv = KeyDefinition.must("cv", anyNumber, "standard deviation ÷ mean", as: "0.9")
    return [
      value,
      .choice([
        must("constant", "always the same value"),
        .may("exponential", .mapping([must("mean", "the mean")]), "without memory"),
        .may(
          "uniform",
          .mapping([must("low", "the lowest value"), must("high", "the highest value")]),
          "each value between two is as likely"),
        .may("gamma", .mapping([must("mean", "the mean"), cv]), "a gamma law"),
        .may(
          "weibull",
          .mapping([
            must("scale", "the value below which 63.2 % lie"),
            .must("shape", anyNumber, "below 1 many are short; 1 is `exponential`", as: "0.8"),
          ]), "a Weibull law"),
        .may(
          "lognormal",
          .mapping([
            .may("median", value, or: "required with `p99`", "half lie below it", as: example),
            .may("p99", value, or: "required with `median`", "99 % lie below it", as: example),
            .may("mean", value, or: "in place of `median` and `p99`", "the mean", as: example),
            .may(
              "cv", anyNumber, or: "required with `mean`", "standard deviation ÷ mean", as: "0.9"),
          ]), "`median` and `p99`, or `mean` and `cv`", as: "{ median: \(example), cv: 0.9 }"),
        .may(
          "hyperexponential",
          .mapping([
            .must(
              "probabilities", .list(anyNumber, 0...100_000), "how likely each exponential law is",
              as: "[ 0.9, 0.1 ]"),
            .must(
              "means", .list(value, 0...100_000), "the mean of each; as many",
              as: "[ \(example), \(example) ]"),
          ]), "one of several exponential laws"),
        .may(
          "bathtub",
          .mapping([
            .must("share", .quantity(.share), "how many are of the early peak", as: "50%"),
            must("early", "scale of the early peak"), must("late", "scale of the late peak"),
            must("onset", "when the late peak rises"), must("limit", "the longest life"),
          ]), "lifetimes with an early and a late peak"),
      ]),
    ]
  }

  private static let cv = KeyDefinition.must(
    "cv", .number(0.001...100), "standard deviation ÷ mean", as: "2")

  /// The laws of mean 1 that have parameters.
  static let unitLaws: [KeyDefinition] = [
    .may("gamma", .mapping([cv]), "a gamma law"),
    .may("lognormal", .mapping([cv]), "a lognormal law"),
    .may(
      "erlang", .mapping([.must("phases", .count(1...10_000), "how many equal steps", as: "4")]),
      "a sum of exponential times"),
    .may(
      "weibull",
      .mapping([
        .must("shape", .number(0.1...100), "below 1 many are short; 1 is `exponential`", as: "0.8")
      ]), "a Weibull law"),
    .may(
      "uniform",
      .mapping([
        .must("low", .number(0...1), "the lowest; as far from 1 as `high`", as: "0.5"),
        .must("high", .number(1...2), "the highest", as: "1.5"),
      ]), "each value between two is as likely"),
    .may(
      "pareto",
      .mapping([
        .must("shape", .number(1.001...1_000), "the smaller, the heavier the tail", as: "2.5")
      ]),
      "a heavy tail"),
    .may(
      "hyperexponential",
      .mapping([
        .must(
          "probabilities", .list(.number(0...1e6), 0...100_000),
          "how likely each exponential law is", as: "[ 0.9, 0.1 ]"),
        .must(
          "means", .list(.number(0...1e6), 0...100_000),
          "the mean of each; as many, and with a mean of 1", as: "[ 0.5, 5.5 ]"),
      ]), "one of several exponential laws"),
  ]
}
