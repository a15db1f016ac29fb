// SPDX-License-Identifier: GPL-3.0-or-later

import Inputs
import Quantities
import TokenEngine

/// Lines of JSON, which may come in pieces.
struct JSONLines {
  /// A line and its number, from 1.
  struct Line {
    let bytes: [UInt8]
    let number: Int
  }

  private var bytes: [UInt8] = []
  private var position = 0
  private var searched = 0
  private var read = 0

  /// Adds the next bytes.
  mutating func append(_ piece: [UInt8]) {
    bytes.removeFirst(position)
    searched -= position
    position = 0
    bytes += piece
  }

  /// The next line that is not empty; `nil` where its end has not come.
  ///
  /// - Throws: that a line is too long.
  mutating func next(isLast: Bool) throws(TraceErrors) -> Line? {
    while position < bytes.count {
      let newline = UInt8(ascii: "\n")
      guard
        let end = bytes[max(position, searched)...].firstIndex(of: newline)
          ?? (isLast ? bytes.count : nil)
      else {
        searched = bytes.count
        guard bytes.count - position <= TraceParser.longestRecord else {
          throw TraceErrors(errors: [
            TraceError(
              line: read + 1, column: 1,
              found: "a line of more than \(TraceParser.longestRecord) bytes",
              allowed: "shorter lines")
          ])
        }
        return nil
      }
      let line = Line(bytes: Array(bytes[position..<end]), number: read + 1)
      read += 1
      position = min(bytes.count, end + 1)
      searched = position
      if line.bytes.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) { return line }
    }
    return nil
  }
}

extension TraceParser {
  /// Takes a request that an object of JSON tells.
  ///
  /// - Throws: what is wrong with it, each with its place.
  mutating func takeObject(_ line: JSONLines.Line) throws(TraceErrors) {
    var object: RecordedObject
    do {
      object = RecordedObject(try JSONFile(line.bytes))
    } catch {
      throw Self.moved(error.errors, to: line.number)
    }
    let request = read(&object, line: line.number)
    guard object.errors.isEmpty else { throw Self.moved(object.errors, to: line.number) }
    guard let request else { return }
    keep(request.moment, request.prompt, request.output, request.shared)
  }

  private mutating func read(
    _ object: inout RecordedObject, line: Int
  ) -> (moment: Int64, prompt: UInt32, output: UInt32, shared: Shared?)? {
    guard object.isObject else { return nil }
    for name in object.names where !Self.names.joined().contains(name) { leaveOut(name) }
    let moment = object.time(&clock, Self.names[0])
    if let moment, let node = object.node(Self.names[0])?.value, !follows(moment) {
      object.fail(node, allowed: Self.order)
    }
    let prompt = object.tokens(Self.names[1])
    let output = object.tokens(Self.names[2])
    var shared = Shared()
    if let node = object.node(Self.names[3])?.value {
      if case .number(let text) = node.content {
        shared.priority = Int(text).flatMap(Self.priority)
      }
      if shared.priority == nil { object.fail(node, allowed: Self.priorities) }
    }
    if let node = object.node(Self.names[4])?.value {
      shared.blocks = object.blocks(node)
      shared.place = object.place(of: node, line: line)
    }
    let isInNanoseconds = object.node(Self.names[0])?.name == "arrival_ns"
    object.check(&shape, has: [isInNanoseconds, shared.priority != nil, shared.blocks != nil])
    guard object.errors.isEmpty, let moment, let prompt, let output else { return nil }
    return (moment, prompt, output, shared.priority == nil && shared.blocks == nil ? nil : shared)
  }

  /// Errors of a line, with the number that it has in the file.
  private static func moved(_ errors: [TraceError], to line: Int) -> TraceErrors {
    TraceErrors(
      errors: errors.map {
        TraceError(
          line: $0.line + line - 1, column: $0.column, found: $0.found, allowed: $0.allowed)
      })
  }
}

/// One object of a trace, and what is wrong with it.
struct RecordedObject {
  private let file: JSONFile
  private let root: JSONNode
  private(set) var errors: [TraceError] = []

  init(_ file: JSONFile) {
    self.file = file
    root = file.roots[0]
    if file.roots.count > 1 {
      errors.append(file.error(file.roots[1], allowed: "one object a line"))
    } else if root.members == nil {
      errors.append(
        file.error(root, allowed: "an object a line with " + TraceParser.wanted))
    }
  }

  /// Whether it is one.
  var isObject: Bool { errors.isEmpty }
  /// What it names.
  var names: [String] { root.members?.map(\.name) ?? [] }

  /// The member under one of some names.
  func node(_ names: [String]) -> JSONNode.Member? {
    root.members?.first { names.contains($0.name) }
  }

  mutating func fail(_ node: JSONNode, found: String? = nil, allowed: String) {
    errors.append(file.error(node, found: found, allowed: allowed))
  }

  /// The member under one of some names, which has to be there.
  private mutating func required(_ names: [String]) -> JSONNode.Member? {
    if let member = node(names) { return member }
    fail(root, found: "no '\(names[0])'", allowed: "an object with " + TraceParser.wanted)
    return nil
  }

  /// The time, in nanoseconds.
  mutating func time(_ clock: inout InputClock, _ names: [String]) -> Int64? {
    guard let member = required(names) else { return nil }
    if member.name == "arrival_ns", clock.form == nil { clock = InputClock(zone: .zero, unit: 1) }
    guard let text = member.value.scalar else {
      fail(member.value, allowed: clock.allowed)
      return nil
    }
    do {
      return try clock.read(Array(text.utf8).span)
    } catch {
      fail(member.value, allowed: error.allowed)
      return nil
    }
  }

  /// A number of tokens.
  mutating func tokens(_ names: [String]) -> UInt32? {
    guard let member = required(names) else { return nil }
    if case .number(let text) = member.value.content,
      let number = InputField.wholeNumber(Array(text.utf8).span)
    {
      return number
    }
    fail(member.value, allowed: TraceParser.tokens)
    return nil
  }

  /// Numbers of blocks, as a text or a list.
  mutating func blocks(_ node: JSONNode) -> BlockChain? {
    var chain: BlockChain?
    if let text = node.text {
      chain = BlockChain(written: Array(text.utf8)[...])
    } else if let items = node.items {
      let words = items.map { item -> String in
        if case .number(let text) = item.content { text } else { "-" }
      }
      chain = BlockChain(written: Array(words.joined(separator: " ").utf8)[...])
    }
    if chain == nil { fail(node, allowed: TraceParser.blockNumbers + ", or a list of numbers") }
    return chain
  }

  /// Where a value stands.
  func place(of node: JSONNode, line: Int) -> ReplayTrace.Place {
    ReplayTrace.Place(line: line, column: node.offset + 1)
  }

  /// Notes an error where a line has other members than the first one.
  mutating func check(_ shape: inout [Bool]?, has members: [Bool]) {
    guard errors.isEmpty else { return }
    if let shape, shape != members {
      fail(root, found: "other members than above", allowed: "the same in all lines")
    }
    shape = members
  }
}
