// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// `plimsoll-engine`: a stand-in for an engine. It speaks OpenAI's interface, and its answers take the time that the
/// token engine's steps take; their words mean nothing.
@main
struct PlimsollEngine {
  static func main() throws {
    signal(SIGPIPE, SIG_IGN)
    guard let settings = EngineSettings(Array(CommandLine.arguments.dropFirst())) else {
      FileHandle.standardError.write(Data((EngineSettings.usage + "\n").utf8))
      exit(64)
    }
    let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
    let bound = try loop.submit {
      NIOLoopBound((EngineLoop(settings, on: loop), settings), eventLoop: loop)
    }.wait()
    let channel = try ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: false)
          try channel.pipeline.syncOperations.addHandler(
            EngineHandler(bound.value.0, bound.value.1))
        }
      }
      .bind(host: "127.0.0.1", port: settings.port).wait()
    let said = "plimsoll-engine: \(settings.model) on port \(channel.localAddress?.port ?? 0)\n"
    FileHandle.standardOutput.write(Data(said.utf8))
    try channel.closeFuture.wait()
  }
}
