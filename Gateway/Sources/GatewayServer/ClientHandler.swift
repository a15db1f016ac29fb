// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import OpenAIProtocol
import Quantities

/// A request of a client, whole.
struct ClientRequest {
  let head: HTTPRequestHead
  let body: [UInt8]
}

/// Who answers the requests of a listener.
protocol RequestHandler: AnyObject {
  /// Bounds on what clients can make grow.
  var limits: Configuration.Limits { get }
  /// A request is there; it is answered by the connection's ``ClientHandler/respond(status:headers:body:)``, or by
  /// ``ClientHandler/begin(status:headers:)`` and what follows.
  func handle(_ request: ClientRequest, on client: ClientHandler)
  /// The connection is gone whose request has this number.
  func clientGone(_ number: UInt64)
  /// The connection takes more bytes, or does not.
  func clientWritable(_ number: UInt64, _ isWritable: Bool)
}

/// A connection of a client: reads one request after the other, within bounds, and writes answers.
///
/// A request that comes before the answer to the one before is not read: the connection ends after that answer.
final class ClientHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Phase {
    case idle
    case reading
    case refusing
    case answering
  }

  private let handler: any RequestHandler
  private var context: ChannelHandlerContext?
  private var phase = Phase.idle
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var keepsAlive = true
  /// Whether the client may still be sending: closed at once, its system would drop the answer.
  private var lingers = false
  private var readTimer: Scheduled<Void>?
  /// The number of the request that is being answered; `nil` for none.
  var number: UInt64?
  /// Whether the head of an answer was written.
  private(set) var hasBegun = false
  /// Bytes of answers' bodies.
  private(set) var bytesOut = 0

  init(_ handler: any RequestHandler) { self.handler = handler }

  /// Whether the client takes more bytes at once.
  var isWritable: Bool { context?.channel.isWritable ?? true }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelActive(context: ChannelHandlerContext) {
    startReadTimer(context)
    context.fireChannelActive()
  }

  private func startReadTimer(_ context: ChannelHandlerContext) {
    readTimer?.cancel()
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    readTimer = context.eventLoop.scheduleTask(
      in: .nanoseconds(handler.limits.readTime.nanoseconds)
    ) { bound.value.close(promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    readTimer?.cancel()
    self.context = nil
    if let number {
      self.number = nil
      handler.clientGone(number)
    }
    context.fireChannelInactive()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if let number { handler.clientWritable(number, context.channel.isWritable) }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if phase != .answering, error is HTTPParserError {
      keepsAlive = false
      refuse(.invalid("The request is not HTTP as this server reads it."))
      return
    }
    context.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      guard phase == .idle else {
        keepsAlive = false
        return
      }
      begin(head, context)
    case .body(let bytes): take(bytes)
    case .end:
      guard phase == .reading, let head else { return }
      phase = .answering
      readTimer?.cancel()
      let request = ClientRequest(head: head, body: body)
      body = []
      self.head = nil
      handler.handle(request, on: self)
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    phase = .reading
    keepsAlive = head.isKeepAlive
    hasBegun = false
    bytesOut = 0
    body.removeAll()
    startReadTimer(context)
    let size = head.headers.reduce(head.uri.utf8.count) {
      $0 + $1.name.utf8.count + $1.value.utf8.count + 4
    }
    if size > handler.limits.headers {
      return refuse(
        APIError(
          status: 431, message: "The headers are too large.", type: "invalid_request_error"))
    }
    let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
    if length > handler.limits.body { return refuse(tooLarge) }
    body.reserveCapacity(length)
    self.head = head
    if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))),
        promise: nil)
    }
  }

  private var tooLarge: APIError {
    APIError(
      status: 413, message: "The body is larger than \(handler.limits.body) bytes.",
      type: "invalid_request_error")
  }

  private func take(_ bytes: ByteBuffer) {
    guard phase == .reading else { return }
    guard body.count + bytes.readableBytes <= handler.limits.body else {
      body = []
      return refuse(tooLarge)
    }
    body += bytes.readableBytesView
  }

  /// Answers a request that is not read to its end, and ends the connection.
  private func refuse(_ error: APIError) {
    keepsAlive = false
    lingers = true
    respond(
      status: error.status, headers: [("content-type", "application/json")], body: error.body)
  }

  // MARK: Answers

  private func head(
    status: Int, headers: [(String, String)], length: Int?
  ) -> HTTPResponseHead {
    var fields = HTTPHeaders(headers)
    if let length { fields.add(name: "content-length", value: "\(length)") }
    if !keepsAlive { fields.add(name: "connection", value: "close") }
    return HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
  }

  /// Writes a whole answer.
  func respond(status: Int, headers: [(String, String)], body: [UInt8]) {
    guard let context else { return }
    number = nil
    hasBegun = true
    bytesOut = body.count
    let head = head(status: status, headers: headers, length: body.count)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if !body.isEmpty {
      context.write(
        wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: body)))),
        promise: nil)
    }
    finish(context)
  }

  /// Writes the head of an answer that comes in pieces.
  func begin(status: Int, headers: [(String, String)]) {
    guard let context else { return }
    hasBegun = true
    context.write(
      wrapOutboundOut(.head(head(status: status, headers: headers, length: nil))), promise: nil)
  }

  /// Writes a piece of an answer at once.
  func write(_ bytes: [UInt8]) {
    guard let context else { return }
    bytesOut += bytes.count
    context.writeAndFlush(
      wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: bytes)))),
      promise: nil)
  }

  /// Ends an answer that came in pieces; one that failed ends its connection too.
  func end(isWhole: Bool) {
    guard let context else { return }
    number = nil
    if !isWhole { keepsAlive = false }
    finish(context)
  }

  private func finish(_ context: ChannelHandlerContext) {
    phase = .idle
    if keepsAlive {
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      startReadTimer(context)
    } else {
      phase = .refusing
      readTimer?.cancel()
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      let lingers = self.lingers
      context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
        guard lingers else {
          bound.value.close(promise: nil)
          return
        }
        bound.value.close(mode: .output, promise: nil)
        bound.value.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
      }
    }
  }
}
