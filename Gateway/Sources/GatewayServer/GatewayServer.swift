// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Quantities

/// A gateway that listens: the service on one event loop, its listeners, and its end.
public final class GatewayServer: Sendable {
  private let group: MultiThreadedEventLoopGroup
  private let loop: any EventLoop
  private let service: NIOLoopBound<GatewayService>
  private let listeners: [any Channel]
  private let logs: [LogFile]
  private let drainTime: TimeSpan
  /// The port of the public listener.
  public let port: Int
  /// The port of the admin listener; `nil` where there is none.
  public let adminPort: Int?

  /// Starts a gateway.
  public init(_ configuration: Configuration) throws {
    let telemetry = configuration.telemetry
    let access = try telemetry.access.map {
      try LogFile(
        $0, fileBytes: telemetry.fileBytes, files: telemetry.files, endsWhenDropped: false)
    }
    let decisions = try telemetry.decisions.map {
      try LogFile(
        $0, fileBytes: telemetry.fileBytes, files: telemetry.files, endsWhenDropped: true)
    }
    logs = [access, decisions].compactMap(\.self)
    drainTime = configuration.drainTime
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    self.loop = loop
    let date = UTCDate(nanosecondsSince1970: Int64(Date().timeIntervalSince1970 * 1e6) * 1_000)
    service = try loop.submit {
      NIOLoopBound(
        GatewayService(
          configuration, on: loop, startingAt: date, access: access, decisions: decisions),
        eventLoop: loop)
    }.wait()
    let service = self.service
    let most = configuration.limits.connections
    let open = try Self.listen(configuration.listener, on: loop, service, upTo: most) { $0 }
    var listeners = [open]
    port = open.localAddress?.port ?? 0
    if let admin = configuration.admin {
      let channel = try Self.listen(admin, on: loop, service, upTo: most) { AdminService($0) }
      adminPort = channel.localAddress?.port
      listeners.append(channel)
    } else {
      adminPort = nil
    }
    self.listeners = listeners
  }

  private static func listen(
    _ listener: Configuration.Listener, on loop: any EventLoop,
    _ service: NIOLoopBound<GatewayService>, upTo most: Int,
    _ handler: @escaping @Sendable (GatewayService) -> any RequestHandler
  ) throws -> any Channel {
    try ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let gateway = service.value
          guard gateway.measures.connections < most else {
            gateway.measures.connectionsRefused += 1
            channel.close(promise: nil)
            return
          }
          gateway.measures.connections += 1
          channel.closeFuture.assumeIsolated().whenComplete { _ in
            gateway.measures.connections -= 1
          }
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false)
          try channel.pipeline.syncOperations.addHandler(ClientHandler(handler(gateway)))
        }
      }
      .bind(host: listener.host, port: listener.port).wait()
  }

  /// Ends in order: readiness fails, no connection is taken, requests on their way get their answers within the time
  /// that the file says, and the logs are written out.
  public func stop() {
    try? loop.submit { [service] in service.value.drain() }.wait()
    try? listeners.first?.close().wait()
    let end = Date().addingTimeInterval(drainTime.inSeconds)
    while Date() < end {
      let left = (try? loop.submit { [service] in service.value.exchanges.count }.wait()) ?? 0
      if left == 0 { break }
      Thread.sleep(forTimeInterval: 0.02)
    }
    // What was written to a client last may still be on its way.
    Thread.sleep(forTimeInterval: 0.05)
    for listener in listeners.dropFirst() { try? listener.close().wait() }
    try? group.syncShutdownGracefully()
    for log in logs { log.close() }
  }
}
