// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// A kind of service, with what a scenario of it begins with.
enum InitTemplate: String, ExpressibleByArgument, CaseIterable {
  case chat, retrieval, batch, agents, reference

  /// What it is, in a line.
  var about: String {
    switch self {
    case .chat: "people who talk with a model"
    case .retrieval: "questions with documents in the prompt"
    case .batch: "documents that wait for nobody"
    case .agents: "programs that call a model over and over, with long prompts that begin alike"
    case .reference: "batches of measured times, as the public reference design has them"
    }
  }

  /// How long requests are, with what that rests on; lines of YAML below `workload`.
  var lengths: [String] {
    switch self {
    case .chat:
      [
        "# Tokens: the medians are those of a chat service (Patel et al., Splitwise, ISCA 2024); the tails are a guess.",
        "prompt_tokens: { lognormal: { median: 1_020, p99: 4_000 } }",
        "output_tokens: { lognormal: { median: 129, p99: 700 } }",
      ]
    case .retrieval:
      [
        "# Tokens: a guess. Measure yours: plimsoll trace describe.",
        "prompt_tokens: { lognormal: { median: 3_000, p99: 8_000 } }",
        "output_tokens: { lognormal: { median: 200, p99: 800 } }",
        "system_prompts: { count: 4, tokens: 500 } # beginnings that prompts share",
      ]
    case .batch:
      [
        "# Tokens: a guess. Measure yours: plimsoll trace describe.",
        "prompt_tokens: { lognormal: { median: 2_000, p99: 8_000 } }",
        "output_tokens: { lognormal: { median: 300, p99: 1_500 } }",
      ]
    case .agents:
      [
        "# Tokens: a guess. Measure yours: plimsoll trace describe.",
        "prompt_tokens: { lognormal: { median: 6_000, p99: 24_000 } }",
        "output_tokens: { lognormal: { median: 250, p99: 1_200 } }",
        "system_prompts: { count: 8, tokens: 3_000, zipf: 1 } # beginnings that prompts share",
      ]
    case .reference: []
    }
  }

  /// How long clients wait.
  var timeout: String {
    switch self {
    case .chat, .retrieval: "60s"
    case .batch: "30min"
    case .agents: "2min"
    case .reference: "2s"
    }
  }

  /// What is asked of the 99th percentile of the time to the first token, where nobody says.
  var timeToFirstToken: String? {
    switch self {
    case .chat: "2s"
    case .retrieval: "3s"
    case .agents: "5s"
    case .batch, .reference: nil
    }
  }

  /// What is asked of the 99th percentile of latency, where nobody says.
  var latency: String {
    switch self {
    case .chat: "30s"
    case .retrieval: "40s"
    case .agents: "60s"
    case .batch: "10min"
    case .reference: "200ms"
    }
  }
}
