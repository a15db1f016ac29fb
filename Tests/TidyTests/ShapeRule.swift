// SPDX-License-Identifier: GPL-3.0-or-later

/// What belongs together is a value of its own: no initialiser takes more than ten parameters, and no part of a
/// simulation has more than fifteen stored properties.
enum ShapeRule {
  /// The most parameters of an initialiser, and the most arguments of a call of one.
  static let mostParameters = 10
  /// The most stored properties of a type that a simulation is made of.
  static let mostFields = 15

  /// The targets that a running simulation is made of.
  static let targets = [
    "CloudModel", "EventKernel", "FleetSimulation", "Policies", "Recording", "ReplicaModel",
    "RequestPath", "Scenario", "Serving", "TokenEngine", "Workload",
  ]

  /// Types that may have more, each with the reason.
  static let flatRecords: [(name: String, reason: String)] = [
    ("Charge", "a row of the bill, with the columns of FOCUS"),
    ("CompletionRequest", "the body of an HTTP request, with its keys"),
    ("Configuration", "settings of a policy, each with a key of its own in the decision log"),
    ("Document", "a JSON document, with its keys"),
    ("Input", "a row of a JSON document, with its keys"),
    ("Measure", "a row of a JSON document, with its keys"),
    ("ModelCard", "what the file of a model says, with its keys"),
    ("PoolState", "a row of the spot manager's table, one a pool"),
    ("ReplicationRecord", "a row of the database, with its columns"),
    ("Row", "a row of a scheduler's table, one a request"),
    ("State", "a snapshot of a policy, with its keys"),
  ]

  /// Types that are no records and still too wide: none of them may grow.
  static let stillWide: [(name: String, fields: Int)] = [
    ("RequestPath", 17), ("RequestSource", 18), ("SGLangScheduler", 17), ("TokenReplicas", 16),
    ("TokenSite", 18), ("TraceParser", 22), ("VLLMScheduler", 27),
  ]

  /// A type with the number of its stored properties.
  struct Shape {
    let name: String
    let line: Int
    var fields = 0
  }

  /// Where an initialiser, or a call of one, is too wide.
  static func wideInitialisers(in file: SourceFile) -> [Violation] {
    let tokens = file.tokens
    return tokens.indices.compactMap { index in
      guard let count = parameters(of: index, in: tokens), count > mostParameters,
        !isOfRecord(index, in: tokens)
      else { return nil }
      return file.violation(
        line: tokens[index].line, "\(tokens[index].text) with \(count) parameters")
    }
  }

  /// Which types of a file have too many stored properties.
  static func wideTypes(in file: SourceFile) -> [Violation] {
    shapes(in: file).filter { shape in
      let most = stillWide.first { $0.name == shape.name }?.fields ?? mostFields
      return shape.fields > most && !flatRecords.contains { $0.name == shape.name }
    }.map { file.violation(line: $0.line, "\($0.name) has \($0.fields) stored properties") }
  }

  /// Whether it is a record that an initialiser, or a call of one, makes.
  private static func isOfRecord(_ index: Int, in tokens: [Token]) -> Bool {
    let type = tokens[index].text == "init" ? typeAround(index, in: tokens) : tokens[index].text
    return flatRecords.contains { $0.name == type }
  }

  /// The name of the type in whose braces a token stands.
  private static func typeAround(_ index: Int, in tokens: [Token]) -> String {
    var (depth, isOutside) = (0, false)
    for token in tokens[..<index].indices.reversed() {
      switch tokens[token].text {
      case "}": depth += 1
      case "{":
        if depth == 0 { isOutside = true }
        depth = max(0, depth - 1)
      case "struct", "class", "actor", "enum", "extension":
        if isOutside { return tokens[token + 1].text }
      default: break
      }
    }
    return ""
  }

  /// How many parameters an initialiser, or a call of one, has; `nil` where none begins.
  private static func parameters(of index: Int, in tokens: [Token]) -> Int? {
    let word = tokens[index].text
    guard word == "init" || word.first?.isUppercase == true else { return nil }
    if word != "init", index > 0, ["case", "func", "struct"].contains(tokens[index - 1].text) {
      return nil
    }
    var next = index + 1
    if next < tokens.count, ["?", "!"].contains(tokens[next].text) { next += 1 }
    guard next < tokens.count, tokens[next].text == "(" else { return nil }
    var (depth, count, isInside) = (1, 0, false)
    for token in tokens[(next + 1)...] {
      switch token.text {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case "," where depth == 1:
        isInside = false
        continue
      default: break
      }
      if depth == 0 { return count }
      if !isInside { count += 1 }
      isInside = true
    }
    return count
  }

  /// The structures, classes and actors of a file.
  static func shapes(in file: SourceFile) -> [Shape] {
    let tokens = file.tokens
    var shapes: [Shape] = []
    // What each open brace belongs to: the number of a type, or none.
    var open: [Int?] = []
    var pending: Shape?
    var parentheses = 0
    var isStatic = false
    for index in tokens.indices {
      let word = tokens[index].text
      switch word {
      case "(", "[": parentheses += 1
      case ")", "]": parentheses -= 1
      case "{":
        if let type = pending {
          shapes.append(type)
          open.append(shapes.count - 1)
          pending = nil
        } else {
          open.append(nil)
        }
      case "}": _ = open.popLast()
      case "struct", "class", "actor":
        let before = index > 0 ? tokens[index - 1].text : ""
        if parentheses == 0, ![".", ":", "static", "import"].contains(before),
          index + 1 < tokens.count, tokens[index + 1].text.first?.isUppercase == true
        {
          pending = Shape(name: tokens[index + 1].text, line: tokens[index].line)
        }
        isStatic = word == "class" && pending == nil
      case "static": isStatic = true
      case "var", "let":
        if parentheses == 0, !isStatic, let last = open.last, let number = last,
          isStored(index, in: tokens)
        {
          shapes[number].fields += 1
        }
        isStatic = false
      case "func", "init", "subscript": isStatic = false
      default: break
      }
    }
    return shapes
  }

  /// Whether the declaration that begins with `var` or `let` has a place in memory: a value or no braces, or braces
  /// that only watch it.
  private static func isStored(_ index: Int, in tokens: [Token]) -> Bool {
    if tokens[index].text == "let" { return true }
    let ends = ["var", "let", "func", "init", "subscript", "struct", "enum", "extension", "case"]
    var depth = 0
    for next in (index + 1)..<tokens.count {
      switch tokens[next].text {
      case "(", "[", "<": depth += 1
      case ")", "]": depth -= 1
      case ">" where tokens[next - 1].text != "-": depth -= 1
      case "=" where depth == 0: return true
      case "{" where depth == 0:
        let inside = next + 1 < tokens.count ? tokens[next + 1].text : ""
        return inside == "didSet" || inside == "willSet"
      case "}" where depth == 0: return true
      case let word where depth == 0 && ends.contains(word): return true
      default: break
      }
    }
    return true
  }
}
