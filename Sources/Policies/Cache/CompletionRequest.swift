// SPDX-License-Identifier: Apache-2.0

/// A request for a chat completion, with every field that may change its answer.
///
/// The fields are those of OpenAI's interface (OpenAI API reference, "Create chat completion"). They are
/// constants without defaults, so that a new one neither decodes nor compiles before it has a coding key,
/// and no coding key compiles before ``CompletionRequest/part(_:)`` says whether it belongs to the
/// cache key.
public struct CompletionRequest: Equatable, Sendable, Decodable {
  /// The names of the fields in JSON; one for each.
  public enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
    case model, messages, temperature, n, stop, seed, tools, logprobs, modalities, prediction, audio
    case verbosity, stream, user, metadata, store
    case topP = "top_p"
    case maxTokens = "max_tokens"
    case maxCompletionTokens = "max_completion_tokens"
    case presencePenalty = "presence_penalty"
    case frequencyPenalty = "frequency_penalty"
    case logitBias = "logit_bias"
    case topLogprobs = "top_logprobs"
    case responseFormat = "response_format"
    case toolChoice = "tool_choice"
    case parallelToolCalls = "parallel_tool_calls"
    case reasoningEffort = "reasoning_effort"
    case webSearchOptions = "web_search_options"
    case streamOptions = "stream_options"
    case serviceTier = "service_tier"
    case safetyIdentifier = "safety_identifier"
    case promptCacheKey = "prompt_cache_key"
  }

  /// The model that was asked for, or an alias such as `auto`.
  public let model: String
  /// The conversation, roles and all.
  public let messages: [CanonicalValue]
  /// How freely the model samples; 1 where it is not given.
  public let temperature: Double?
  /// The probability mass that is sampled from; 1 where it is not given.
  public let topP: Double?
  /// How many answers are wanted; 1 where it is not given.
  public let n: Int?
  /// Texts that end the answer: one or a list.
  public let stop: CanonicalValue?
  /// The most tokens of the answer, by its old name.
  public let maxTokens: Int?
  /// The most tokens of the answer.
  public let maxCompletionTokens: Int?
  /// How much tokens that have occurred are avoided; 0 where it is not given.
  public let presencePenalty: Double?
  /// How much frequent tokens are avoided; 0 where it is not given.
  public let frequencyPenalty: Double?
  /// How much single tokens are preferred.
  public let logitBias: CanonicalValue?
  /// Whether probabilities of tokens are wanted.
  public let logprobs: Bool?
  /// How many alternatives of each token are wanted.
  public let topLogprobs: Int?
  /// The seed of sampling.
  public let seed: Int64?
  /// What the answer should look like, such as a JSON schema.
  public let responseFormat: CanonicalValue?
  /// The tools that may be called.
  public let tools: CanonicalValue?
  /// Which tool has to be called.
  public let toolChoice: CanonicalValue?
  /// Whether tools may be called side by side.
  public let parallelToolCalls: Bool?
  /// How long a reasoning model thinks.
  public let reasoningEffort: String?
  /// Text, audio or both.
  public let modalities: CanonicalValue?
  /// What the answer is expected to be.
  public let prediction: CanonicalValue?
  /// The voice of the answer.
  public let audio: CanonicalValue?
  /// What the web is searched for.
  public let webSearchOptions: CanonicalValue?
  /// How long-winded the answer is.
  public let verbosity: String?
  /// Whether the answer comes in pieces.
  public let stream: Bool?
  /// What comes with the pieces.
  public let streamOptions: CanonicalValue?
  /// Who the client says that it asks for.
  public let user: String?
  /// Whom the client says that it asks for, hashed.
  public let safetyIdentifier: String?
  /// What the client wants prefixes to be kept by.
  public let promptCacheKey: String?
  /// What the client wants to find again.
  public let metadata: CanonicalValue?
  /// Whether the provider should keep the answer for other uses.
  public let store: Bool?
  /// How fast the answer is wanted, for its price.
  public let serviceTier: String?
}

extension CompletionRequest {
  /// What a field contributes to the cache key.
  public enum Part: Equatable, Sendable {
    /// The field's value, a default in place of one that was not given.
    case belongs(CanonicalValue)
    /// Nothing: the answer is the same whatever it says.
    case isLeftOut
  }

  /// Whether a field belongs to the cache key, and with what value.
  ///
  /// What is left out changes how an answer is sent, for whom or at what price, and not the answer.
  public func part(_ field: CodingKeys) -> Part {
    switch field {
    case .model: .belongs(.text(model))
    case .messages: .belongs(.list(messages))
    case .temperature: .belongs(.number(of: temperature ?? 1))
    case .topP: .belongs(.number(of: topP ?? 1))
    case .n: .belongs(.integer(Int64(n ?? 1)))
    case .stop: .belongs(stop ?? .null)
    case .maxTokens: .belongs(Self.optional(maxTokens))
    case .maxCompletionTokens: .belongs(Self.optional(maxCompletionTokens))
    case .presencePenalty: .belongs(.number(of: presencePenalty ?? 0))
    case .frequencyPenalty: .belongs(.number(of: frequencyPenalty ?? 0))
    case .logitBias: .belongs(logitBias ?? .null)
    case .logprobs: .belongs(.flag(logprobs ?? false))
    case .topLogprobs: .belongs(Self.optional(topLogprobs))
    case .seed: .belongs(seed.map { .integer($0) } ?? .null)
    case .responseFormat: .belongs(responseFormat ?? .null)
    case .tools: .belongs(tools ?? .null)
    case .toolChoice: .belongs(toolChoice ?? .null)
    case .parallelToolCalls: .belongs(.flag(parallelToolCalls ?? true))
    case .reasoningEffort: .belongs(reasoningEffort.map { .text($0) } ?? .null)
    case .modalities: .belongs(modalities ?? .null)
    case .prediction: .belongs(prediction ?? .null)
    case .audio: .belongs(audio ?? .null)
    case .webSearchOptions: .belongs(webSearchOptions ?? .null)
    case .verbosity: .belongs(verbosity.map { .text($0) } ?? .null)
    case .stream, .streamOptions, .user, .safetyIdentifier, .promptCacheKey, .metadata, .store,
      .serviceTier:
      .isLeftOut
    }
  }

  private static func optional(_ number: Int?) -> CanonicalValue {
    number.map { .integer(Int64($0)) } ?? .null
  }

  /// Whether the same request has the same answer, as far as its fields say.
  ///
  /// Batching may still change an answer at temperature 0; that a kept one is served is a policy.
  public var isDeterministic: Bool { temperature == 0 }

  /// How many answers it asks for.
  public var choices: Int { n ?? 1 }

  /// The bytes that are the same for requests with the same answer, and for no others.
  ///
  /// - Complexity: O(size of the request).
  public var canonicalBytes: [UInt8] {
    var bytes: [UInt8] = []
    for field in CodingKeys.allCases {
      guard case .belongs(let value) = part(field) else { continue }
      CanonicalValue.append(field.rawValue, to: &bytes)
      value.append(to: &bytes)
    }
    return bytes
  }
}
