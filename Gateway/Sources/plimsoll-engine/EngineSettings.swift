// SPDX-License-Identifier: Apache-2.0

import TokenEngine

/// What the stand-in engine is told on its command line.
struct EngineSettings {
  var port = 0
  var model = "stand-in"
  /// Whether a marker in a prompt makes it fail.
  var obeysFaults = false
  var step = 10_000
  var sequence = 0
  var prefill = 20
  var context = 0
  var settings = VLLMSettings()

  static let usage = """
    usage: plimsoll-engine [--port N] [--model NAME] [--step-us N] [--sequence-us N]
                           [--prefill-ns N] [--context-ps N] [--max-sequences N] [--faults]
      Speaks OpenAI's interface on 127.0.0.1. Answers take the time of the token engine's steps: vLLM's
      scheduler, and step + sequence x requests + prefill x prompt tokens + context x tokens read.
    """

  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      if option == "--faults" {
        obeysFaults = true
        continue
      }
      guard let value = rest.popFirst() else { return nil }
      if option == "--model" {
        model = value
        continue
      }
      guard let number = Int(value), (0...1_000_000_000).contains(number) else { return nil }
      switch option {
      case "--port" where number <= 65_535: port = number
      case "--step-us" where number > 0: step = number
      case "--sequence-us": sequence = number
      case "--prefill-ns": prefill = number
      case "--context-ps": context = number
      case "--max-sequences" where number > 0: settings.maxSequences = number
      default: return nil
      }
    }
  }

  /// How long a step takes.
  var law: AffineStepLaw {
    AffineStepLaw(
      perStep: Int64(step) * 1_000_000_000, perSequence: Int64(sequence) * 1_000_000_000,
      perContextToken: Int64(context) * 1_000, perPrefillToken: Int64(prefill) * 1_000_000)
  }
}
