// SPDX-License-Identifier: Apache-2.0

import Foundation
import GatewayServer

/// `plimsoll-gateway`: serves OpenAI's interface in front of engines, by the policies that Plimsoll simulates.
@main
struct PlimsollGateway {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "serve" where arguments.count == 2: serve(arguments[1])
    case "validate" where arguments.count == 2:
      let configuration = read(arguments[1])
      print(
        "\(arguments[1]): \(configuration.fleet.models.count) models, "
          + "\(configuration.engines.count) engines, \(configuration.keys.count) keys")
    case "hash-key" where arguments.count == 1:
      guard let key = readLine(strippingNewline: true), key.utf8.count >= 16 else {
        fail("a key of at least 16 bytes is expected on standard input", code: 65)
      }
      print(Secret.hash(key))
    default:
      fail(
        """
        usage: plimsoll-gateway serve FILE      serve as the file says
               plimsoll-gateway validate FILE   read the file, and say what is wrong with it
               plimsoll-gateway hash-key        the digest of the key on standard input
        """, code: arguments == ["--help"] ? 0 : 64)
    }
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(code)
  }

  private static func read(_ file: String) -> Configuration {
    guard FileManager.default.fileExists(atPath: file) else {
      fail("plimsoll-gateway: there is no file \(file)", code: 66)
    }
    do {
      return try Configuration(file: file, environment: ProcessInfo.processInfo.environment)
    } catch {
      fail("plimsoll-gateway: \(error)", code: 65)
    }
  }

  private static func serve(_ file: String) {
    signal(SIGPIPE, SIG_IGN)
    // Before any thread is there, so that all of them leave these signals to this one.
    var ends = sigset_t()
    sigemptyset(&ends)
    sigaddset(&ends, SIGTERM)
    sigaddset(&ends, SIGINT)
    pthread_sigmask(SIG_BLOCK, &ends, nil)
    let server: GatewayServer
    do {
      server = try GatewayServer(read(file))
    } catch {
      fail("plimsoll-gateway: \(error)", code: 69)
    }
    let admin = server.adminPort.map { ", admin on port \($0)" } ?? ""
    FileHandle.standardError.write(
      Data("plimsoll-gateway: listens on port \(server.port)\(admin)\n".utf8))
    var number: Int32 = 0
    sigwait(&ends, &number)
    server.stop()
    exit(0)
  }
}
