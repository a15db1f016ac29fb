// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Policies
import Testing

/// Numbers in front are the acceptance tests of `control-plane.md`.
@Suite("The canonical key of a request")
struct CompletionRequestTests {
  private typealias Field = CompletionRequest.CodingKeys

  private static let base = #"{"model":"auto","messages":[{"role":"user","content":"Hi"}]}"#

  private static func key(
    _ json: String, tenant: String = "acme", artefact: String = "70b-int4@3"
  ) throws -> CacheKey {
    let request = try JSONDecoder().decode(CompletionRequest.self, from: Data(json.utf8))
    return try #require(CacheKey(request, scope: .tenant(tenant), artefact: artefact))
  }

  /// Another value than the one that is there or stands for its absence.
  private static func changed(_ field: Field) -> String {
    switch field {
    case .model, .user, .serviceTier, .safetyIdentifier, .promptCacheKey, .reasoningEffort,
      .verbosity:
      #""other""#
    case .messages: #"[{"role":"system","content":"Hi"}]"#
    case .temperature, .topP, .presencePenalty, .frequencyPenalty: "0.25"
    case .n, .maxTokens, .maxCompletionTokens, .topLogprobs, .seed: "7"
    case .stop, .modalities: #"["x"]"#
    case .logprobs, .stream, .store: "true"
    case .parallelToolCalls: "false"
    case .logitBias, .responseFormat, .tools, .toolChoice, .prediction, .audio, .webSearchOptions,
      .streamOptions, .metadata:
      #"{"a":1}"#
    }
  }

  @Test("changes with every field that belongs to it, and with no other")
  func everyField() throws {
    let plain = try Self.key(Self.base)
    let request = try JSONDecoder().decode(CompletionRequest.self, from: Data(Self.base.utf8))
    // As many fields as the type has: a new one cannot go by unseen.
    #expect(Mirror(reflecting: request).children.count == Field.allCases.count)
    var keys = [plain]
    for field in Field.allCases {
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(Self.base.utf8)) as? [String: Any])
      var changed = object
      changed[field.rawValue] = try JSONSerialization.jsonObject(
        with: Data(Self.changed(field).utf8), options: .fragmentsAllowed)
      let text = String(
        decoding: try JSONSerialization.data(withJSONObject: changed), as: UTF8.self)
      let key = try Self.key(text)
      if request.part(field) == .isLeftOut {
        #expect(key == plain, "\(field)")
      } else {
        #expect(!keys.contains(key), "\(field)")
        keys.append(key)
      }
    }
    #expect(keys.count == 1 + 24)
  }

  @Test(
    "is the same for the same request, however it is written",
    arguments: [
      (#""temperature":0"#, #""temperature":0.0"#), (#""temperature":0"#, #""temperature":-0.0"#),
      (#""temperature":0"#, #""temperature" : 0e0"#),
      (#""stop":"a","n":1"#, #""n":1 , "stop":"a""#), (#""n":1"#, #""temperature":1"#),
      (#""logit_bias":{"1":2,"3":4.0}"#, #""logit_bias":{"3":4,"1":2}"#),
      (#""max_tokens":null"#, #""stream":true"#),
    ])
  func sameRequest(first: String, second: String) throws {
    let both = try [first, second].map { more in
      try Self.key(Self.base.dropLast() + "," + more + "}")
    }
    #expect(both[0] == both[1])
  }

  @Test("is another for other tenants, artefacts, scopes and spellings")
  func others() throws {
    let plain = try Self.key(Self.base)
    #expect(try Self.key(Self.base, tenant: "globex") != plain)
    #expect(try Self.key(Self.base, artefact: "70b-int4@4") != plain)
    // Names and values that would run into each other without their lengths.
    #expect(
      try Self.key(Self.base, tenant: "ab", artefact: "c")
        != Self.key(Self.base, tenant: "a", artefact: "bc"))
    let request = try JSONDecoder().decode(CompletionRequest.self, from: Data(Self.base.utf8))
    #expect(CacheKey(request, scope: .everybody, artefact: "70b-int4@3") != plain)
    #expect(CacheKey(request, scope: .tenant(""), artefact: "70b-int4@3") == nil)
    #expect(CacheKey(request, scope: .everybody, artefact: "") == nil)
    // é in one scalar and in two are other tokens.
    let composed = Self.base.replacingOccurrences(of: "Hi", with: "caf\u{E9}")
    let decomposed = Self.base.replacingOccurrences(of: "Hi", with: "cafe\u{301}")
    #expect(try Self.key(composed) != Self.key(decomposed))
  }

  @Test("takes a temperature that is not given for 1, which is not deterministic")
  func temperature() throws {
    func request(_ more: String) throws -> CompletionRequest {
      try JSONDecoder().decode(
        CompletionRequest.self, from: Data((Self.base.dropLast() + more + "}").utf8))
    }
    #expect(try !request("").isDeterministic)
    #expect(try request(#","temperature":0"#).isDeterministic)
    #expect(try request(#","n":3"#).choices == 3)
  }

  @Test("goes through the admission that keys of simulated requests go through")
  func sharedAdmission() throws {
    var cache = ResponseCache(.init())
    let real = try Self.key(Self.base)
    let simulated = CacheKey(tenant: .init(0), artefact: .init(0), content: 7)
    for key in [real, simulated] {
      var response = StoredResponse(
        status: 200, finishReason: .length, isComplete: true, choices: 1, isDeterministic: true,
        isNoStore: false)
      #expect(cache.keep(key, response, at: .start) == .refused(.finishReason))
      #expect(cache.lookUp(key, isDeterministic: true, at: .start) == .miss)
      response.finishReason = .stop
      #expect(cache.keep(key, response, at: .start) == .admitted)
      #expect(cache.lookUp(key, isDeterministic: true, at: .start) == .hit(age: .zero))
    }
  }
}
