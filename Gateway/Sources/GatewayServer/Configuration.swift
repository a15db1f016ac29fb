// SPDX-License-Identifier: Apache-2.0

import GatewayCore
import Quantities

/// What a gateway is told at its start: its file, read and checked.
public struct Configuration: Sendable {
  /// A place that listens.
  public struct Listener: Sendable {
    /// The address.
    public var host: String
    /// The port; 0 for any that is free.
    public var port: Int
  }

  /// Bounds on what a client can make grow.
  public struct Limits: Sendable {
    /// The most bytes of a request's body.
    public var body = 4 << 20
    /// The most bytes of a request's headers.
    public var headers = 16 << 10
    /// The most bytes of an answer that is held, for the store and for others.
    public var answer = 8 << 20
    /// The most connections of clients.
    public var connections = 10_000
    /// The most requests on their way.
    public var requests = 10_000
    /// How long a client may take to send a request, and how long a connection may be idle.
    public var readTime = TimeSpan.seconds(75)
  }

  /// Times that an engine is given.
  public struct Patience: Sendable {
    /// To take a connection.
    public var connect = TimeSpan.seconds(2)
    /// To begin its answer.
    public var firstByte = TimeSpan.minutes(5)
    /// Between pieces of its answer.
    public var pieces = TimeSpan.seconds(60)
  }

  /// An engine.
  public struct Engine: Sendable {
    /// Where it listens.
    public var host: String
    /// Its port.
    public var port: Int
    /// The name under which it knows its model.
    public var model: String
    /// What it is to be told as the client's key; `nil` for nothing.
    public var key: String?
  }

  /// A client's key.
  public struct Key: Sendable {
    /// Its name in logs.
    public var name: String
    /// The SHA-256 of the key.
    public var digest: [UInt8]
    /// The number of its tenant.
    public var tenant: Int
    /// The numbers of the models that it may use; `nil` for all.
    public var models: [Int]?
  }

  /// What is written down.
  public struct Telemetry: Sendable {
    /// The access log; `nil` for none.
    public var access: String?
    /// The decision log; `nil` for none.
    public var decisions: String?
    /// The most bytes of one file of a log.
    public var fileBytes = 256 << 20
    /// The most files of a log; the oldest goes.
    public var files = 8
  }

  /// The public listener.
  public var listener = Listener(host: "127.0.0.1", port: 8080)
  /// The admin listener; `nil` for none.
  public var admin: Listener?
  /// The SHA-256 of the admin's token.
  public var adminDigest: [UInt8] = []
  /// Bounds on what clients can make grow.
  public var limits = Limits()
  /// Times that engines are given.
  public var patience = Patience()
  /// The engines, in the order of ``GatewayCore/FleetSettings/engines``.
  public var engines: [Engine]
  /// The keys of clients.
  public var keys: [Key]
  /// What is written down.
  public var telemetry = Telemetry()
  /// What the path is told.
  public var fleet: FleetSettings
  /// How long a gateway that is told to end waits for its requests.
  public var drainTime = TimeSpan.seconds(30)
}
