// SPDX-License-Identifier: Apache-2.0

import OpenAIProtocol
import Testing

/// What requests are equal: the key of cache and flights rests on it.
struct CanonicalBytesTests {
  static let base =
    #"{"model":"m","messages":[{"role":"user","content":"Hé"}],"temperature":0}"#

  static func bytes(_ body: String, _ endpoint: Endpoint = .chat) throws -> [UInt8] {
    CanonicalBytes(try JSONTape(Array(body.utf8)), endpoint: endpoint).bytes
  }

  @Test(
    "the same request in other words",
    arguments: [
      #"{ "temperature" : 0.0, "messages":[{"content":"Hé","role":"user"}], "model":"m" }"#,
      #"{"model":"m","messages":[{"role":"user","content":"H\u00e9"}],"temperature":-0e3}"#,
      #"{"model":"m","messages":[{"role":"user","content":"Hé"}],"temperature":0,"top_p":1,"n":1}"#,
      #"{"model":"m","messages":[{"role":"user","content":"Hé"}],"temperature":0,"seed":null}"#,
      #"{"model":"m","messages":[{"role":"user","content":"Hé"}],"temperature":0,"user":"u"}"#,
      #"{"model":"other","messages":[{"role":"user","content":"Hé"}],"temperature":0,"stream":false}"#,
    ])
  func equal(_ body: String) throws {
    #expect(try Self.bytes(body) == Self.bytes(Self.base))
  }

  @Test(
    "each field counts, unknown ones too",
    arguments: [
      #""seed":1"#, #""top_p":0.5"#, #""n":2"#, #""stop":"x""#, #""max_tokens":5"#,
      #""max_completion_tokens":5"#, #""presence_penalty":1"#, #""frequency_penalty":1"#,
      #""logit_bias":{"1":2}"#, #""logprobs":true"#, #""top_logprobs":2"#,
      #""response_format":{"type":"json_object"}"#, #""tools":[]"#, #""tool_choice":"none""#,
      #""parallel_tool_calls":false"#, #""reasoning_effort":"low""#, #""modalities":["text"]"#,
      #""prediction":{}"#, #""audio":{}"#, #""web_search_options":{}"#, #""verbosity":"low""#,
      #""stream":true"#, #""stream_options":{"include_usage":true}"#, #""top_k":1"#,
      #""x":18446744073709551616"#, #""x":18446744073709551617"#, #""x":"\ud800""#,
      #""x":"\ud801""#,
    ])
  func different(_ field: String) throws {
    let body = String(Self.base.dropLast()) + ",\(field)}"
    #expect(try Self.bytes(body) != Self.bytes(Self.base))
  }

  @Test("numbers and halves of surrogates that a reader would round to one stay apart")
  func exact() throws {
    func with(_ value: String) throws -> [UInt8] {
      try Self.bytes(String(Self.base.dropLast()) + #","x":\#(value)}"#)
    }
    #expect(try with("18446744073709551616") != with("18446744073709551617"))
    #expect(try with(#""\ud800""#) != with(#""\ud801""#))
    #expect(try with("[[1],2]") != with("[1,[2]]"))
    #expect(try with(#"["ab","c"]"#) != with(#"["a","bc"]"#))
  }

  @Test("endpoints share nothing")
  func endpoints() throws {
    #expect(try Self.bytes(Self.base) != Self.bytes(Self.base, .completions))
  }
}

/// What is JSON and what is not.
struct JSONTapeTests {
  @Test(
    "what is no JSON is refused",
    arguments: [
      "", "{", "[1,]", #"{"a":1,}"#, "01", "1.", "+1", "nul", #""a"#, "\"\u{1}\"", #""\x""#,
      #""\u12g4""#, "1 2", #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, "{1:2}", "NaN", "'a'",
      String(repeating: "[", count: 1_000),
    ])
  func refused(_ text: String) {
    #expect(throws: JSONTape.Problem.self) { try JSONTape(Array(text.utf8)) }
  }

  @Test("bytes that are no UTF-8 are refused")
  func notText() {
    #expect(throws: JSONTape.Problem.self) { try JSONTape([0x22, 0xFF, 0x22]) }
    #expect(throws: JSONTape.Problem.self) { try JSONTape([0x22, 0xC0, 0x80, 0x22]) }
  }

  @Test("escapes are undone")
  func escapes() throws {
    let tape = try JSONTape(Array(#""a\"\\\/\b\f\n\r\tA\ud83d\ude00é""#.utf8))
    #expect(tape.text(of: 0) == "a\"\\/\u{8}\u{c}\n\r\tA😀é")
  }

  @Test("an engine gets the client's bytes")
  func passThrough() throws {
    let body = #" { "x" : [1.50, {"\u00e9":1e2}], "model" : "m", "messages":[] } "#
    let request = try ModelRequest(Array(body.utf8), endpoint: .chat)
    #expect(request.body(forModel: "m") == Array(body.utf8))
    let renamed = body.replacing(#""m""#, with: #""n\"""#)
    #expect(request.body(forModel: "n\"") == Array(renamed.utf8))
  }

  @Test("the usage of a stream is asked for where the client says nothing of it")
  func usage() throws {
    let body = #"{"model":"m","messages":[],"stream":true}"#
    let request = try ModelRequest(Array(body.utf8), endpoint: .chat)
    let sent = try ModelRequest(request.body(forModel: "m"), endpoint: .chat)
    #expect(request.addsUsage && sent.wantsUsage && sent.isStream)
  }

  @Test("events are cut at blank lines, however their bytes come")
  func events() throws {
    let bytes = Array("data: a\n\ndata: b\r\ndata: c\r\n\r\n: note\n\n".utf8)
    for size in 1...bytes.count {
      var stream = EventStream(limit: 100)
      var events: [[UInt8]] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        events += try stream.take(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(events.joined().elementsEqual(bytes))
      #expect(
        events.map { String(decoding: EventStream.data(of: $0), as: UTF8.self) } == [
          "a", "b\nc", "",
        ])
    }
    var small = EventStream(limit: 10)
    #expect(throws: EventStream.TooLarge.self) {
      _ = try small.take(bytes + Array("data: 12345".utf8))
    }
  }
}
