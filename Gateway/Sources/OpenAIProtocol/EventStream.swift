// SPDX-License-Identifier: Apache-2.0

/// Cuts the bytes of server-sent events into events, each with the blank line that ends it.
///
/// Source: WHATWG HTML, "Server-sent events"; lines end with LF or CRLF.
public struct EventStream: Sendable {
  /// An event is larger than allowed.
  public struct TooLarge: Error {}

  private let limit: Int
  private var pending: [UInt8] = []
  private var lineStart = 0

  /// A stream of events of so many bytes at most.
  public init(limit: Int) { self.limit = limit }

  /// Whether bytes wait for the end of their event.
  public var hasPending: Bool { !pending.isEmpty }

  /// Takes the next bytes and returns the events that they complete.
  ///
  /// - Complexity: O(n) for n bytes.
  public mutating func take(_ bytes: some Sequence<UInt8>) throws(TooLarge) -> [[UInt8]] {
    var events: [[UInt8]] = []
    for byte in bytes {
      pending.append(byte)
      guard byte == 0x0A else { continue }
      let length = pending.count - lineStart
      let isBlank = length == 1 || (length == 2 && pending[lineStart] == 0x0D)
      lineStart = pending.count
      if isBlank {
        events.append(pending)
        pending = []
        lineStart = 0
      }
    }
    guard pending.count <= limit else { throw TooLarge() }
    return events
  }

  /// What follows `data:` in an event, its lines joined.
  public static func data(of event: [UInt8]) -> [UInt8] {
    var data: [UInt8] = []
    var isFirst = true
    for line in event.split(separator: 0x0A) {
      var line = line
      if line.last == 0x0D { line = line.dropLast() }
      guard line.starts(with: "data:".utf8) else { continue }
      line = line.dropFirst(5)
      if line.first == 0x20 { line = line.dropFirst() }
      if !isFirst { data.append(0x0A) }
      isFirst = false
      data += line
    }
    return data
  }
}
