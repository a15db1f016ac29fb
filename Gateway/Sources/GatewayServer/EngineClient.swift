// SPDX-License-Identifier: Apache-2.0

import GatewayCore
import NIOCore
import NIOHTTP1
import NIOPosix
import OpenAIProtocol
import Quantities

/// Who is told how a call goes.
protocol CallObserver: AnyObject {
  /// The request was handed to a connection.
  func callWritten(_ call: EngineCall)
  /// The head of the answer is there.
  func callBegan(_ call: EngineCall)
  /// A piece of the answer's body is there.
  func call(_ call: EngineCall, took bytes: ByteBuffer)
  /// The answer is whole.
  func callEnded(_ call: EngineCall)
  /// There is no whole answer.
  func callFailed(_ call: EngineCall, _ failure: CallFailure)
}

/// The call of an engine for a request.
final class EngineCall {
  /// The number of the request.
  let number: UInt64
  /// The number of the engine.
  let engine: Int
  /// The head of the answer; `nil` before it is there.
  var head: HTTPResponseHead?
  fileprivate var connection: EngineConnection?
  fileprivate(set) var isOver = false

  init(number: UInt64, engine: Int) {
    self.number = number
    self.engine = engine
  }

  /// Ends the call with its connection, so that the engine stops work.
  func cancel() {
    isOver = true
    connection?.abandon()
    connection = nil
  }

  /// Takes pieces of the answer from the engine, or lets them wait there.
  func reads(_ reads: Bool) { connection?.reads(reads) }
}

/// Connections to one engine, which are used again.
final class EngineClient {
  private let engine: Configuration.Engine
  private let patience: Configuration.Patience
  private let loop: any EventLoop
  private var idle: [EngineConnection] = []
  private static let mostIdle = 256

  init(_ engine: Configuration.Engine, _ patience: Configuration.Patience, on loop: any EventLoop) {
    self.engine = engine
    self.patience = patience
    self.loop = loop
  }

  /// Connections that wait for a call.
  var idleCount: Int { idle.count }

  /// Sends a request to the engine.
  func send(
    _ call: EngineCall, path: String, headers: [(String, String)], body: [UInt8],
    for observer: any CallObserver
  ) {
    var fields = HTTPHeaders(headers)
    fields.add(name: "host", value: "\(engine.host):\(engine.port)")
    fields.add(name: "content-type", value: "application/json")
    fields.add(name: "content-length", value: "\(body.count)")
    if let key = engine.key { fields.add(name: "authorization", value: "Bearer \(key)") }
    let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path, headers: fields)
    while let connection = idle.popLast() {
      guard connection.isUsable else { continue }
      return connection.start(call, head, body, for: observer)
    }
    let connection = EngineConnection(self, patience)
    ClientBootstrap(group: loop)
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .connectTimeout(.nanoseconds(patience.connect.nanoseconds))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(connection)
        }
      }
      .connect(host: engine.host, port: engine.port)
      .assumeIsolated()
      .whenComplete { result in
        switch result {
        case .success(let channel):
          guard !call.isOver else {
            channel.close(promise: nil)
            return
          }
          connection.start(call, head, body, for: observer)
        case .failure(let error):
          guard !call.isOver else { return }
          call.isOver = true
          let isLate = error is ChannelError
          observer.callFailed(
            call,
            CallFailure(
              .unreachable,
              APIError(
                status: 502,
                message: isLate
                  ? "The engine took no connection in time." : "The engine takes no connection.",
                type: "server_error", code: "engine_unreachable")))
        }
      }
  }

  fileprivate func giveBack(_ connection: EngineConnection) {
    if idle.count < Self.mostIdle { idle.append(connection) } else { connection.abandon() }
  }

  fileprivate func forget(_ connection: EngineConnection) {
    idle.removeAll { $0 === connection }
  }
}

/// A connection to an engine.
final class EngineConnection: ChannelInboundHandler, @unchecked Sendable {
  // Touched on its event loop only, as every channel handler is.
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private weak var client: EngineClient?
  private let patience: Configuration.Patience
  private var context: ChannelHandlerContext?
  private var call: EngineCall?
  private weak var observer: (any CallObserver)?
  private var keepsAlive = true
  private var isPaused = false
  private var deadline = NIODeadline.distantFuture
  private var timer: Scheduled<Void>?

  init(_ client: EngineClient, _ patience: Configuration.Patience) {
    self.client = client
    self.patience = patience
  }

  var isUsable: Bool { call == nil && context?.channel.isActive == true }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  fileprivate func start(
    _ call: EngineCall, _ head: HTTPRequestHead, _ body: [UInt8], for observer: any CallObserver
  ) {
    guard let context, context.channel.isActive else {
      call.isOver = true
      observer.callFailed(call, Self.brokenOff)
      return
    }
    self.call = call
    self.observer = observer
    call.connection = self
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    let bytes = context.channel.allocator.buffer(bytes: body)
    context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    deadline = .now() + .nanoseconds(patience.firstByte.nanoseconds)
    watch(context)
    observer.callWritten(call)
  }

  /// Looks at the deadline when it was due; a piece that came meanwhile has moved it.
  private func watch(_ context: ChannelHandlerContext) {
    timer?.cancel()
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(deadline: deadline) { bound.value.lookAtDeadline() }
  }

  private func lookAtDeadline() {
    guard let context, call != nil else { return }
    if isPaused { deadline = .now() + .nanoseconds(patience.pieces.nanoseconds) }
    guard deadline <= .now() else { return watch(context) }
    fail(
      CallFailure(
        .stalled,
        APIError(
          status: 504, message: "The engine said nothing for too long.", type: "server_error",
          code: "engine_stalled")))
    context.close(promise: nil)
  }

  private static let brokenOff = CallFailure(
    .brokenOff,
    APIError(
      status: 502, message: "The engine broke off its answer.", type: "server_error",
      code: "engine_broke_off"))

  private func fail(_ failure: CallFailure) {
    guard let call else { return }
    self.call = nil
    timer?.cancel()
    call.connection = nil
    guard !call.isOver else { return }
    call.isOver = true
    observer?.callFailed(call, failure)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let call else {
      context.close(promise: nil)
      return
    }
    deadline = .now() + .nanoseconds(patience.pieces.nanoseconds)
    switch unwrapInboundIn(data) {
    case .head(let head):
      keepsAlive = head.isKeepAlive
      call.head = head
      // The time for the first byte may be longer than that for the next.
      watch(context)
      observer?.callBegan(call)
    case .body(let bytes): observer?.call(call, took: bytes)
    case .end:
      self.call = nil
      timer?.cancel()
      call.connection = nil
      reads(true)
      if keepsAlive { client?.giveBack(self) } else { context.close(promise: nil) }
      guard !call.isOver else { return }
      call.isOver = true
      observer?.callEnded(call)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    client?.forget(self)
    fail(Self.brokenOff)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if error is HTTPParserError {
      fail(
        CallFailure(
          .garbage,
          APIError(
            status: 502, message: "The engine's answer is no HTTP.", type: "server_error",
            code: "engine_garbage")))
    } else {
      fail(Self.brokenOff)
    }
    context.close(promise: nil)
  }

  fileprivate func reads(_ reads: Bool) {
    guard isPaused == reads, let context else { return }
    isPaused = !reads
    _ = context.channel.setOption(.autoRead, value: reads)
  }

  fileprivate func abandon() {
    call = nil
    timer?.cancel()
    context?.close(promise: nil)
  }
}
