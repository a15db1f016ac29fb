// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import OpenAIProtocol

/// A connection to the stand-in engine.
///
/// With `--faults`, a marker in the prompt makes it fail: `[[fault:500]]` and other statuses, `[[fault:die]]` before the
/// first byte, `[[fault:die:3]]` after three tokens, `[[fault:stall:3]]` for ever after three tokens,
/// `[[fault:garbage]]`.
final class EngineHandler: ChannelInboundHandler, TokenListener {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let engine: EngineLoop
  private let settings: EngineSettings
  private var context: ChannelHandlerContext?
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var request: ModelRequest?
  private var answer: EngineAnswer?
  private var slot: Int?
  private var sent = 0
  private var diesAfter = Int.max
  private var stallsAfter = Int.max

  init(_ engine: EngineLoop, _ settings: EngineSettings) {
    self.engine = engine
    self.settings = settings
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    if let slot { engine.cancel(slot) }
    slot = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let bytes): body += bytes.readableBytesView
    case .end: take()
    }
  }

  private func take() {
    guard let head else { return }
    if head.uri == "/v1/models" {
      return respond(
        200,
        #"{"object":"list","data":[{"id":\#(JSONText.quoted(settings.model)),"object":"model"}]}"#)
    }
    guard let endpoint = Endpoint(path: head.uri) else {
      return respond(
        APIError(status: 404, message: "unknown path", type: "invalid_request_error"))
    }
    do throws(APIError) {
      let request = try ModelRequest(body, endpoint: endpoint)
      if settings.obeysFaults, fails(request.judgedText) { return }
      begin(request)
    } catch {
      respond(error)
    }
  }

  /// Whether a prompt asks for a fault that shows at once.
  private func fails(_ text: String) -> Bool {
    (diesAfter, stallsAfter) = (.max, .max)
    guard let begin = text.firstRange(of: "[[fault:"),
      let end = text[begin.upperBound...].firstRange(of: "]]")
    else { return false }
    let parts = text[begin.upperBound..<end.lowerBound].split(separator: ":")
    let count = parts.count > 1 ? Int(parts[1]) : nil
    switch parts.first {
    case "die":
      if let count { diesAfter = count } else { context?.close(promise: nil) }
      return count == nil
    case "stall":
      stallsAfter = count ?? 0
      return false
    case "garbage":
      respond(200, "this is no JSON")
      return true
    case .some(let status):
      guard let status = Int(status), (400..<600).contains(status) else { return false }
      respond(APIError(status: status, message: "a fault was asked for", type: "server_error"))
      return true
    case nil: return false
    }
  }

  private func begin(_ request: ModelRequest) {
    let answer = EngineAnswer(request)
    self.request = request
    self.answer = answer
    sent = 0
    if request.endpoint == .embeddings {
      return respond(
        200,
        """
        {"object":"list","data":[{"object":"embedding","index":0,"embedding":\(answer.embedding)}],\
        "model":\(JSONText.quoted(settings.model)),\
        "usage":{"prompt_tokens":\(answer.promptTokens),"total_tokens":\(answer.promptTokens)}}
        """)
    }
    slot = engine.add(
      promptTokens: answer.promptTokens, outputTokens: answer.outputTokens, for: self)
  }

  func took(tokens: Int, isLast: Bool) {
    guard let request, let answer, context != nil else { return }
    if isLast { slot = nil }
    for _ in 0..<tokens where sent < answer.outputTokens {
      if sent >= diesAfter {
        context?.close(promise: nil)
        return
      }
      if sent >= stallsAfter { return }
      if request.isStream {
        if sent == 0 { beginStream() }
        event(choice(answer.word(sent), reason: nil, request))
      }
      sent += 1
    }
    guard isLast else { return }
    if request.isStream { endStream(request, answer) } else { respondWhole(request, answer) }
  }

  private func base(_ request: ModelRequest) -> String {
    let object =
      request.endpoint == .completions
      ? "text_completion" : request.isStream ? "chat.completion.chunk" : "chat.completion"
    return """
      "id":"stand-in","object":"\(object)","created":0,"model":\(JSONText.quoted(settings.model))
      """
  }

  private func choice(_ text: String?, reason: String?, _ request: ModelRequest) -> String {
    let finish = reason.map { JSONText.quoted($0) } ?? "null"
    let content = JSONText.quoted(text ?? "")
    let piece =
      request.endpoint == .completions
      ? #""text":\#(content)"#
      : text == nil ? #""delta":{}"# : #""delta":{"role":"assistant","content":\#(content)}"#
    return #"{\#(base(request)),"choices":[{"index":0,\#(piece),"finish_reason":\#(finish)}]}"#
  }

  private func respondWhole(_ request: ModelRequest, _ answer: EngineAnswer) {
    let text = JSONText.quoted(answer.text)
    let piece =
      request.endpoint == .completions
      ? #""text":\#(text)"# : #""message":{"role":"assistant","content":\#(text)}"#
    let usage = answer.usage(answered: answer.outputTokens)
    respond(
      200,
      #"{\#(base(request)),"choices":[{"index":0,\#(piece),"finish_reason":"\#(answer.finishReason)"}],"usage":\#(usage)}"#
    )
  }

  private func beginStream() {
    let head = HTTPResponseHead(
      version: .http1_1, status: .ok, headers: ["content-type": "text/event-stream"])
    context?.write(wrapOutboundOut(.head(head)), promise: nil)
  }

  private func event(_ data: String) {
    guard let context else { return }
    let bytes = context.channel.allocator.buffer(string: "data: \(data)\n\n")
    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
  }

  private func endStream(_ request: ModelRequest, _ answer: EngineAnswer) {
    event(choice(nil, reason: answer.finishReason, request))
    if request.wantsUsage {
      event(#"{\#(base(request)),"choices":[],"usage":\#(answer.usage(answered: sent))}"#)
    }
    event("[DONE]")
    context?.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  private func respond(_ error: APIError) {
    respond(error.status, String(decoding: error.body, as: UTF8.self))
  }

  private func respond(_ status: Int, _ text: String) {
    guard let context else { return }
    let headers: HTTPHeaders = [
      "content-type": "application/json", "content-length": "\(text.utf8.count)",
    ]
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    let bytes = context.channel.allocator.buffer(string: text)
    context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
